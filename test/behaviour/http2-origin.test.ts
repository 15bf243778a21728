import type { ServerHttp2Stream } from "node:http2";

import { describe, expect, test } from "vitest";

import { startGateway, startGatewayOn, waitFor } from "../helpers/gateway.ts";
import { startHttp2Origin } from "../helpers/http2-origin.ts";
import { field } from "../helpers/raw-client.ts";

const hello = (stream: ServerHttp2Stream): void => {
  stream.respond({ ":status": 200, "content-type": "text/plain" });
  stream.end("hello");
};

/** Answers every request when all of this number are there. */
function whenAll(count: number): (stream: ServerHttp2Stream) => void {
  const waiting: ServerHttp2Stream[] = [];
  return (stream) => {
    waiting.push(stream);
    if (waiting.length === count) for (const one of waiting.splice(0)) hello(one);
  };
}

const zone = (url: string) => ({ hosts: ["*"], origins: [url], h2c: true });

const times = <T>(count: number, make: () => Promise<T>): Promise<T[]> =>
  Promise.all(Array.from({ length: count }, make));

describe("HTTP/2 to the origin", () => {
  test("twenty requests at a time share one connection, which is opened once", async () => {
    await using origin = await startHttp2Origin(whenAll(20));
    await using gateway = await startGatewayOn({ zones: [zone(origin.url)] });

    const responses = await times(20, () => gateway.get());

    expect(responses.map(({ status }) => status)).toEqual(Array.from({ length: 20 }, () => 200));
    expect(origin).toMatchObject({ connections: 1, mostStreams: 20 });
  });

  test("a connection more is opened when all streams of one are in use", async () => {
    const together = whenAll(10);
    await using origin = await startHttp2Origin(
      (stream) => (origin.heads.length === 1 ? hello(stream) : together(stream)),
      { maxConcurrentStreams: 4 },
    );
    await using gateway = await startGatewayOn({ zones: [zone(origin.url)] });
    await gateway.get();

    const responses = await times(10, () => gateway.get());

    expect(responses.map(({ status }) => status)).toEqual(Array.from({ length: 10 }, () => 200));
    expect(origin.connections).toBe(3);
    expect(gateway.lines.map(({ retries }) => retries)).toEqual(origin.heads.map(() => 0));
  });

  test("requests wait for a stream where no connection more may be opened", async () => {
    await using origin = await startHttp2Origin(
      (stream) => void setTimeout(() => hello(stream), 10),
      { maxConcurrentStreams: 2 },
    );
    await using gateway = await startGatewayOn({
      zones: [zone(origin.url)],
      limits: { originConnections: 1, originQueue: 100 },
    });
    await gateway.get();

    const responses = await times(10, () => gateway.get());

    expect(responses.map(({ status }) => status)).toEqual(Array.from({ length: 10 }, () => 200));
    expect(origin).toMatchObject({ connections: 1, mostStreams: 2 });
  });

  test("an origin that takes one request at a time gets them all answered", async () => {
    await using gateway = await startGateway({ fixtures: ["h2-one-stream"] });

    const responses = await times(20, () => gateway.get());

    expect(responses.map(({ status }) => status)).toEqual(Array.from({ length: 20 }, () => 200));
  });

  test("requests that came together each have a connection where the origin chose HTTP/1.1", async () => {
    await using gateway = await startGateway({ fixtures: ["h2-http1-chosen"] });

    const responses = await times(5, () => gateway.get());

    expect(responses.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
    expect(await gateway.metric("edgecase_origin_connections", { state: "active" })).toBe(0);
  });

  test("an origin that requires HTTP/1.1 is asked in HTTP/2 once", async () => {
    await using gateway = await startGateway({ fixtures: ["h2-http1-required"] });

    const first = await gateway.request({ method: "POST" });
    const second = await gateway.get("/second");

    expect([first.status, second.status]).toEqual([200, 200]);
    expect(await gateway.line(({ method }) => method === "POST")).toMatchObject({ retries: 1 });
    expect(await gateway.line(({ path }) => path === "/second")).toMatchObject({ retries: 0 });
  });

  test("the metric knows idle and active connections", async () => {
    const held: ServerHttp2Stream[] = [];
    await using origin = await startHttp2Origin((stream) => void held.push(stream));
    await using gateway = await startGatewayOn({ zones: [zone(origin.url)] });
    const count = (state: string) => gateway.metric("edgecase_origin_connections", { state });

    const responses = times(3, () => gateway.get());
    await waitFor(() => held.length === 3, "the requests did not arrive");
    const during = [await count("active"), await count("idle")];
    for (const stream of held) hello(stream);
    await responses;
    const after = [await count("active"), await count("idle")];

    expect({ during, after }).toEqual({ during: [1, 0], after: [0, 1] });
  });

  test("an idle connection is closed after keepAliveMs", async () => {
    await using origin = await startHttp2Origin(hello);
    await using gateway = await startGatewayOn({
      zones: [zone(origin.url)],
      timeouts: { keepAliveMs: 100 },
    });

    await gateway.get();
    const wasOpen = origin.open.size;
    await waitFor(() => origin.open.size === 0, "the connection is still open");

    expect(wasOpen).toBe(1);
    expect(await gateway.metric("edgecase_origin_connections")).toBe(0);
  });

  test("no connection is left when the gateway closes", async () => {
    await using origin = await startHttp2Origin(hello);
    const gateway = await startGatewayOn({ zones: [zone(origin.url)] });
    await gateway.get();

    await gateway.close();

    const left = await waitFor(() => origin.open.size === 0, "the connection is still open");
    expect(left).toBe(true);
  });

  test("a client that leaves cancels its stream, and the connection serves on", async () => {
    const codes: number[] = [];
    await using origin = await startHttp2Origin((stream, head) => {
      stream.on("close", () => codes.push(stream.rstCode));
      if (head[":path"] !== "/hang") hello(stream);
    });
    await using gateway = await startGatewayOn({ zones: [zone(origin.url)] });
    const client = gateway.connect();
    client.send("GET /hang HTTP/1.1\r\nHost: any.test\r\n\r\n");
    await waitFor(() => origin.streams === 1, "the request did not arrive");

    client.close();
    await waitFor(() => origin.streams === 0, "the stream is still open");
    const next = await gateway.get("/next");

    expect(codes[0]).toBe(8); // CANCEL
    expect(next.status).toBe(200);
    expect(origin.connections).toBe(1);
    expect(await gateway.line(({ path }) => path === "/hang")).toMatchObject({ status: 499 });
  });

  test("a stream that times out leaves the others alone", async () => {
    await using origin = await startHttp2Origin((stream, head) => {
      if (head[":path"] === "/hang") return;
      setTimeout(() => hello(stream), 400);
    });
    await using gateway = await startGatewayOn({
      zones: [zone(origin.url)],
      timeouts: { responseMs: 600 },
    });

    const hang = gateway.get("/hang");
    const [slow, slower] = [await gateway.get("/slow"), gateway.get("/slower")];

    expect((await hang).status).toBe(524);
    expect([slow.status, (await slower).status]).toEqual([200, 200]);
    expect(origin.connections).toBe(1);
  });

  test.each(["GET", "POST", "PATCH"])(
    "%s that the origin has not begun is sent again on a fresh connection",
    async (method) => {
      await using gateway = await startGateway({ fixtures: ["h2-goaway-race"] });
      await gateway.get();

      const response = await gateway.request({ method, target: "/again" });

      expect(response.status).toBe(200);
      expect(await gateway.line(({ path }) => path === "/again")).toMatchObject({ retries: 1 });
      expect(await gateway.metric("edgecase_failures_total")).toBe(0);
    },
  );

  test("POST is not sent again when a kept connection dies: the origin may have acted on it", async () => {
    await using gateway = await startGateway({ fixtures: ["h2-dies-on-reuse"] });
    await gateway.get();

    const response = await gateway.request({ method: "POST", target: "/again" });

    expect(response.status).toBe(520);
    expect(await gateway.line(({ path }) => path === "/again")).toMatchObject({
      reason: "closed_on_reuse",
      retries: 0,
    });
  });

  test("a refused request is sent again once", async () => {
    await using gateway = await startGateway({ fixtures: ["h2-refused-stream"] });

    const response = await gateway.get();

    expect(response.status).toBe(520);
    expect(gateway.requestsSeen("h2-refused-stream")).toBe(2);
    expect(field(response, "proxy-status")).toContain('details="stream_reset"');
  });
});
