// The attack: HTTP/2 says where a request ends by its frames, and lets every byte into a field. Written down as HTTP/1.1 for the
// origin, a length that is wrong (H2.CL), a transfer coding (H2.TE), or a line end in a field, a name, a method or a path becomes
// another request.
//
// Seen: James Kettle, "HTTP/2: The Sequel is Always Worse", 2021. RFC 9113 §8.1.1, §8.2, §8.3 call all of this malformed.

import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { data, flags } from "../../fixtures/http2-frames.ts";
import { startGatewayOn, type TestGateway } from "../helpers/gateway.ts";
import { ok, startOrigin, type TestOrigin } from "../helpers/origin.ts";
import { RawHttp2, type RawFields } from "../helpers/raw-http2.ts";
import { makeSecureListener } from "../helpers/secure-listener.ts";
import { chunkedInner, inner } from "../helpers/smuggling.ts";

let origin: TestOrigin;
let gateway: TestGateway;

beforeAll(async () => {
  const secure = await makeSecureListener("shop.test");
  origin = await startOrigin((socket) => socket.write(ok()));
  gateway = await startGatewayOn({
    listen: secure.listen,
    zones: [{ hosts: ["*"], origins: [origin.url] }],
  });
  secure.remove();
});
afterAll(async () => {
  await gateway.close();
  await origin[Symbol.asyncDispose]();
});

const post = [":method", "POST"] as const;
const injected = "\r\nTransfer-Encoding: chunked\r\n\r\n";

/** Fields, and content if there is any. */
type Attempt = readonly [what: string, fields: RawFields, content: string | null];

const malformed: readonly Attempt[] = [
  ["a length, and no content", [["content-length", "44"]], null],
  ["a length of more than there is", [post, ["content-length", "44"]], "abc"],
  ["a length of less than there is", [post, ["content-length", "0"]], inner],
  ["two lengths", [post, ["content-length", "0"], ["content-length", String(inner.length)]], inner],
  ["a list of lengths", [post, ["content-length", "3, 3"]], "abc"],
  ["a length with a plus", [post, ["content-length", "+3"]], "abc"],
  ["a length in hexadecimal", [post, ["content-length", "0x3"]], "abc"],
  ["a transfer coding", [post, ["transfer-encoding", "chunked"]], chunkedInner],
  ["a transfer coding in capitals", [post, ["Transfer-Encoding", "chunked"]], chunkedInner],
  ["TE of more than trailers", [["te", "gzip"]], null],
  ["Connection", [["connection", "transfer-encoding"]], null],
  ["Keep-Alive", [["keep-alive", "1"]], null],
  ["Upgrade", [["upgrade", "websocket"]], null],
  ["a line end in the method", [[":method", `GET / HTTP/1.1${injected}`]], null],
  ["a space in the method", [[":method", "GET /smuggled"]], null],
  ["a line end in the path", [[":path", `/ HTTP/1.1${injected}`]], null],
  ["a space in the path", [[":path", "/a HTTP/1.1"]], null],
  ["a tab in the path", [[":path", "/a\tb"]], null],
  ["a path without a slash", [[":path", "smuggled"]], null],
  ["no path", [[":path", ""]], null],
  ["two paths", [[":path", "/a"], [":path", "/b"]], null],
  ["a URL for a scheme", [[":scheme", "http://evil.test/?"]], null],
  ["a line end in the authority", [[":authority", `a${injected}`]], null],
  ["a path in the authority", [[":authority", "a/smuggled?"]], null],
  ["a user in the authority", [[":authority", "a@shop.test"]], null],
  ["two Hosts", [["host", "a.test"], ["host", "b.test"]], null],
  ["a pseudo-field that is none", [[":smuggled", "x"]], null],
  ["the pseudo-field of a response", [[":status", "200"]], null],
  ["a tunnel for WebSocket, which was not offered", [[":method", "CONNECT"], [":protocol", "websocket"]], null],
]; // prettier-ignore

const harmless: readonly Attempt[] = [
  ["a line end in a value", [["x", `a${injected}`]], null],
  ["LF in a value", [["x", "a\nTransfer-Encoding: chunked"]], null],
  ["CR in a value", [["x", "a\rTransfer-Encoding: chunked"]], null],
  ["NUL in a value", [["x", "a\0b"]], null],
  ["a line end in a name", [["x: y\r\ntransfer-encoding", "chunked"]], null],
  ["a colon in a name", [["transfer-encoding: chunked", "x"]], null],
  ["a space behind a name", [["transfer-encoding ", "chunked"]], null],
  ["a name of nothing", [["", "transfer-encoding: chunked"]], null],
  ["white space around a value", [["x", " a "]], null],
];

/** Sends an attempt; returns what came of it, and what the origin got. */
async function attempt(fields: RawFields, content: string | null) {
  const before = { heads: origin.heads.length, lines: gateway.lines.length };
  const client = new RawHttp2(gateway.securePort);
  client.request(1, fields, content === null ? flags.endStream : flags.none);
  if (content !== null) client.send(data(1, content, flags.endStream));
  const end = await client.ended(1);
  // Whatever may have come of it has come when the next request is answered.
  client.request(3, [[":path", "/next"]]);
  await client.ended(3);
  client.close();
  const heads = origin.heads.slice(before.heads).filter((head) => !head.startsWith("GET /next "));
  return { end, heads, lines: gateway.lines.slice(before.lines) };
}

describe("a request of HTTP/2 that would be two of HTTP/1.1", () => {
  test.each(malformed)("(%s) reaches no origin", async (_what, fields, content) => {
    const { end, heads } = await attempt(fields, content);

    expect(heads).toEqual([]);
    expect(end.content).not.toContain("hello");
  });

  test.each(harmless)("(%s) arrives without it", async (_what, fields, content) => {
    const { heads } = await attempt(fields, content);

    expect(heads.length).toBeLessThan(2);
    expect(heads.join("")).not.toMatch(/transfer-encoding|\0|\r(?!\n)|(?<!\r)\n/i);
  });
});

test("content of HTTP/2 that looks like chunks arrives as content, in chunks of the edge's own", async () => {
  const bytes = origin.bytes;

  const { end } = await attempt([post], chunkedInner);

  expect(end.content).toBe("hello");
  expect(gateway.lines.map(({ path }) => path)).not.toContain("/smuggled");
  expect(origin.bytes - bytes).toBeGreaterThan(chunkedInner.length);
});
