// One request inside another: where gateway and origin could disagree about a request's end, nothing may reach the origin.

import { describe, expect, test } from "vitest";

import { startGatewayOn, waitFor } from "../helpers/gateway.ts";
import { ok, startOrigin } from "../helpers/origin.ts";

const inner = "GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n";
const chunkedInner = `0\r\n\r\n${inner}`;

/** Fields that frame a body, and the body. */
const attempts: readonly (readonly [what: string, fields: string, body: string])[] = [
  [
    "a length, then chunks",
    `Content-Length: ${chunkedInner.length}\r\nTransfer-Encoding: chunked`,
    chunkedInner,
  ],
  ["chunks, then a length", "Transfer-Encoding: chunked\r\nContent-Length: 4", `5c\r\n${inner}`],
  ["two lengths", `Content-Length: 0\r\nContent-Length: ${inner.length}`, inner],
  ["two lengths in one field", `Content-Length: 0, ${inner.length}`, inner],
  ["a signed length", `Content-Length: +0`, inner],
  ["a length in hexadecimal", `Content-Length: 0x0`, inner],
  ["a space before the colon", `Transfer-Encoding : chunked`, chunkedInner],
  ["a coding that is nearly chunked", `Transfer-Encoding: xchunked`, chunkedInner],
  ["chunked twice", `Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked`, chunkedInner],
  ["chunked and identity", `Transfer-Encoding: chunked, identity`, chunkedInner],
  ["identity and chunked", `Transfer-Encoding: identity, chunked`, chunkedInner],
  ["a quoted coding", `Transfer-Encoding: "chunked"`, chunkedInner],
  ["a vertical tab before the coding", `Transfer-Encoding: \u000bchunked`, chunkedInner],
  ["a folded coding", `Transfer-Encoding:\r\n chunked\r\nX: y`, chunkedInner],
  ["a field ended by LF alone", `X: y\nTransfer-Encoding: chunked`, chunkedInner],
  ["a field ended by CR alone", `X: y\rTransfer-Encoding: chunked`, chunkedInner],
  ["a NUL in a field", `X: y\0Transfer-Encoding: chunked`, chunkedInner],
  ["a chunk size with a sign", `Transfer-Encoding: chunked`, `-1\r\n${inner}`],
  ["a chunk size with 0x", `Transfer-Encoding: chunked`, `0x0\r\n\r\n${inner}`],
  ["a chunk size that overflows", `Transfer-Encoding: chunked`, `10000000000000000\r\n${inner}`],
  ["a chunk line ended by LF alone", `Transfer-Encoding: chunked`, `0\n\n${inner}`],
  ["a chunk longer than its size", `Transfer-Encoding: chunked`, `1\r\nxx\r\n${chunkedInner}`],
  ["an extension ended by LF alone", `Transfer-Encoding: chunked`, `2;\nxx\r\n${chunkedInner}`],
];

describe("a request that hides another one", () => {
  test.each(attempts)(
    "(%s) is refused whole, and the connection closed",
    async (_what, fields, body) => {
      await using origin = await startOrigin((socket) => socket.write(ok()));
      await using gateway = await startGatewayOn({
        zones: [{ hosts: ["*"], origins: [origin.url] }],
      });
      const connection = gateway.connect();

      connection.send(
        Buffer.from(`POST /outer HTTP/1.1\r\nHost: a\r\n${fields}\r\n\r\n${body}`, "latin1"),
      );
      connection.socket.end();

      const response = await connection.read();
      await waitFor(() => connection.socket.closed, "the connection is still open", 4_000);
      expect([400, 501]).toContain(response.status);
      expect(origin.heads.filter((head) => head.includes("/smuggled"))).toEqual([]);
      expect(gateway.lines).toHaveLength(1);
      expect(gateway.lines[0]).toMatchObject({ failure: "http_request_error" });
    },
  );
});

test("what comes behind an answer that closes the connection is no request", async () => {
  await using origin = await startOrigin((socket) => socket.write(ok()));
  await using gateway = await startGatewayOn({
    limits: { bodyBytes: 10 },
    zones: [{ hosts: ["*"], origins: [origin.url] }],
  });
  const connection = gateway.connect();

  connection.send(`POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 20\r\n\r\n${"x".repeat(20)}`);
  connection.send("DELETE /behind HTTP/1.1\r\nHost: a\r\n\r\n");

  await waitFor(() => connection.socket.closed, "the connection is still open", 4_000);
  expect(origin.connections).toBe(0);
  expect(gateway.lines).toHaveLength(1);
  expect(gateway.lines[0]).toMatchObject({ status: 413 });
});
