import { gzipSync } from "node:zlib";

import { describe, expect, test } from "vitest";

import { testFailureChain } from "../helpers/failure-chain.ts";
import { startGateway, startGatewayOn } from "../helpers/gateway.ts";
import { ok, startOrigin } from "../helpers/origin.ts";

testFailureChain({
  fixture: "corrupt-gzip",
  type: "http_response_content_coding",
  reason: "corrupt",
  phase: "http",
  codes: { cloudflare: 502, "cloudflare-1016": 502, rfc9209: 502, generic: 502 },
});

describe("http_response_content_coding", () => {
  test("broken Brotli is as broken as gzip", async () => {
    await using gateway = await startGateway({ fixtures: ["corrupt-brotli"] });

    const response = await gateway.get("/", [["Accept-Encoding", "br"]]);

    expect(response.status).toBe(502);
    expect(await gateway.line()).toMatchObject({
      failure: "http_response_content_coding",
      reason: "corrupt",
    });
  });

  test("an origin that closes right behind corrupt content changes nothing of that", async () => {
    await using origin = await startOrigin((socket) =>
      socket.end(ok("no gzip, as one sees", "Content-Encoding: gzip\r\n")),
    );
    await using gateway = await startGatewayOn({
      zones: [{ hosts: ["*"], origins: [origin.url] }],
    });

    const answers = await Promise.all(Array.from({ length: 60 }, () => gateway.get()));

    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([502]));
    const reasons = gateway.lines.map(({ failure, reason }) => `${failure}/${reason}`);
    expect(new Set(reasons)).toEqual(new Set(["http_response_content_coding/corrupt"]));
  });

  test("a chunk that is broken behind corrupt content changes nothing of that either", async () => {
    await using origin = await startOrigin((socket) => {
      const head =
        "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n";
      socket.write(`${head}14\r\nno gzip, as one sees\r\nno chunk`);
    });
    await using gateway = await startGatewayOn({
      zones: [{ hosts: ["*"], origins: [origin.url] }],
    });

    const response = await gateway.get();

    expect(response.status).toBe(502);
    expect(await gateway.line()).toMatchObject({
      failure: "http_response_content_coding",
      reason: "corrupt",
    });
  });

  test("content that was good before a broken chunk is passed on, and then cut off", async () => {
    const start = gzipSync("x".repeat(1_000)).subarray(0, 12).toString("latin1");
    await using origin = await startOrigin((socket) => {
      const head =
        "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n";
      socket.write(Buffer.from(`${head}c\r\n${start}\r\nno chunk`, "latin1"));
    });
    await using gateway = await startGatewayOn({
      zones: [{ hosts: ["*"], origins: [origin.url] }],
    });

    const response = await gateway.get();

    expect(response).toMatchObject({ status: 200, ending: "truncated" });
    expect(response.body.toString("latin1")).toBe(start);
    expect(await gateway.line()).toMatchObject({ reason: "bad_chunk", late: true });
  });

  test.each([
    ["corrupt-gzip-midway", "corrupt"],
    ["gzip-bad-checksum", "corrupt"],
    ["truncated-gzip", "truncated"],
  ])("%s cuts the client off, and is counted late, as %s", async (fixture, reason) => {
    await using gateway = await startGateway({ fixtures: [fixture] });

    const response = await gateway.get();

    expect(response).toMatchObject({ status: 200, ending: "truncated" });
    expect(await gateway.line()).toMatchObject({
      failure: "http_response_content_coding",
      reason,
      late: true,
    });
    expect(await gateway.metric("edgecase_errors_total")).toBe(0);
  });

  test.each([
    "gzip",
    "gzip-in-pieces",
    "gzip-two-members",
    "brotli",
    "deflate",
    "unknown-content-coding",
    "empty-gzip",
    "head-gzip",
  ])("%s is passed on", async (fixture) => {
    await using gateway = await startGateway({ fixtures: [fixture] });
    const { method = "GET" } = gateway.zoo.members[0]?.fixture.request ?? {};

    const response = await gateway.request({ method });

    expect(response).toMatchObject({ status: 200, ending: "complete" });
  });
});
