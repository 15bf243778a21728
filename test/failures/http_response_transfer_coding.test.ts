import { describe, expect, test } from "vitest";

import { testFailureChain } from "../helpers/failure-chain.ts";
import { startGateway, startGatewayOn } from "../helpers/gateway.ts";
import { startOrigin } from "../helpers/origin.ts";

testFailureChain({
  fixture: "transfer-encoding-unknown",
  type: "http_response_transfer_coding",
  reason: "unknown_coding",
  phase: "http",
  codes: { cloudflare: 520, "cloudflare-1016": 520, rfc9209: 502, generic: 502 },
});

describe("http_response_transfer_coding", () => {
  test.each([
    "transfer-encoding-gzip-chunked",
    "transfer-encoding-twice",
    "transfer-encoding-two-fields",
    "transfer-encoding-chunked-not-last",
    "transfer-encoding-identity",
  ])("%s cannot be decoded, so nothing of it is passed on", async (fixture) => {
    await using gateway = await startGateway({ fixtures: [fixture] });

    const response = await gateway.get();

    expect(response.status).toBe(520);
    expect(await gateway.line()).toMatchObject({
      failure: "http_response_transfer_coding",
      reason: "unknown_coding",
      late: false,
    });
  });

  test("a no-break space makes another coding of chunked", async () => {
    await using origin = await startOrigin((socket) => {
      const head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\xa0\r\n\r\n";
      socket.end(Buffer.from(`${head}2\r\nhi\r\n0\r\n\r\n`, "latin1"));
    });
    await using gateway = await startGatewayOn({
      zones: [{ hosts: ["*"], origins: [origin.url] }],
    });

    const response = await gateway.get();

    expect(response.status).toBe(520);
    expect(await gateway.line()).toMatchObject({ reason: "unknown_coding" });
  });

  test.each([
    "chunk-size-bad",
    "chunk-size-bad-at-once",
    "chunk-size-negative",
    "chunk-size-hex-prefix",
    "chunk-size-overflow",
    "chunk-size-empty",
    "chunk-without-crlf",
    "chunk-longer-than-size",
    "trailer-without-colon",
    "trailer-with-content-length",
  ])("%s cuts the client off, and is counted late", async (fixture) => {
    await using gateway = await startGateway({ fixtures: [fixture] });

    const response = await gateway.get();

    expect(response).toMatchObject({ status: 200, ending: "truncated" });
    expect(await gateway.line()).toMatchObject({
      failure: "http_response_transfer_coding",
      reason: "bad_chunk",
      late: true,
    });
    expect(await gateway.metric("edgecase_errors_total")).toBe(0);
  });
});
