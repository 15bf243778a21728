import { describe, expect, test } from "vitest";

import { startGatewayOn, waitFor } from "../helpers/gateway.ts";
import { startOrigin } from "../helpers/origin.ts";

describe("a client that leaves", () => {
  test("while the origin hangs, takes the origin's connection with it and is a 499", async () => {
    await using origin = await startOrigin(() => {});
    await using gateway = await startGatewayOn({
      zones: [{ hosts: ["*"], origins: [origin.url] }],
      timeouts: { responseMs: 60_000 },
    });
    const client = gateway.connect();
    client.send("GET /hang HTTP/1.1\r\nHost: any.test\r\n\r\n");
    await waitFor(() => origin.open.size === 1, "the request did not arrive");

    client.close();

    await waitFor(() => origin.open.size === 0, "the origin's connection is still open");
    expect(await gateway.line()).toMatchObject({ status: 499, failure: null, path: "/hang" });
    expect(await gateway.metric("edgecase_requests_total", { status: "499" })).toBe(1);
    expect(await gateway.metric("edgecase_failures_total")).toBe(0);
  });

  test("in the middle of an answer, ends it at the origin too", async () => {
    await using origin = await startOrigin((socket) => {
      socket.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n");
    });
    await using gateway = await startGatewayOn({
      zones: [{ hosts: ["*"], origins: [origin.url] }],
      timeouts: { bodyIdleMs: 60_000 },
    });
    const client = gateway.connect();
    client.send("GET / HTTP/1.1\r\nHost: any.test\r\n\r\n");
    await waitFor(() => client.socket.bytesRead > 100, "no answer");

    client.close();

    await waitFor(() => origin.open.size === 0, "the origin's connection is still open");
    expect(await gateway.line()).toMatchObject({ status: 499, failure: null, late: false });
  });

  test("in the middle of an upload, ends it at the origin too", async () => {
    await using origin = await startOrigin(() => {});
    await using gateway = await startGatewayOn({
      zones: [{ hosts: ["*"], origins: [origin.url] }],
    });
    const client = gateway.connect();
    client.send("POST / HTTP/1.1\r\nHost: any.test\r\nContent-Length: 1000\r\n\r\nhalf");
    await waitFor(() => origin.bytes > 4 && origin.heads.length === 1, "no upload");

    client.close();

    await waitFor(() => origin.open.size === 0, "the origin's connection is still open");
    expect(await gateway.line()).toMatchObject({ status: 499, failure: null, requestBytes: 4 });
  });

  test("while the connection is being made, leaves no connection behind", async () => {
    await using origin = await startOrigin(() => {});
    await using gateway = await startGatewayOn({
      zones: [{ hosts: ["*"], origins: [origin.url] }],
    });

    for (let count = 0; count < 50; count += 1) {
      const client = gateway.connect();
      client.send("GET / HTTP/1.1\r\nHost: any.test\r\n\r\n");
      client.socket.once("connect", () => setTimeout(() => client.close(), count % 10));
    }

    await waitFor(() => gateway.lines.length > 0 && origin.open.size === 0, "connections are left");
    expect(gateway.lines.every(({ status }) => status === 499)).toBe(true);
  });

  test("with requests waiting behind one another, leaves none of them unrecorded", async () => {
    await using origin = await startOrigin(() => {});
    await using gateway = await startGatewayOn({
      zones: [{ hosts: ["*"], origins: [origin.url] }],
    });
    const client = gateway.connect();
    client.send(
      "GET /1 HTTP/1.1\r\nHost: any.test\r\n\r\nGET /2 HTTP/1.1\r\nHost: any.test\r\n\r\n",
    );
    await waitFor(() => origin.heads.length === 2, "both requests go to the origin");

    client.close();

    await waitFor(() => gateway.lines.length === 2, "two lines");
    await waitFor(() => origin.open.size === 0, "the origin's connections are still open");
    expect(gateway.lines.map(({ status }) => status)).toEqual([499, 499]);
  });
});
