// The attack (CL.TE, and TE.CL): a request says twice where it ends, by Content-Length and by Transfer-Encoding. If the gateway goes
// by one and the origin by the other, what the gateway takes for the rest of the content is a request of its own to the origin, and
// its response goes to whoever comes next over that connection.
//
// Seen: Linhart, Klein, Heled and Orrin, "HTTP Request Smuggling", 2005; James Kettle, "HTTP Desync Attacks", 2019. RFC 9112 §6.1
// and §6.3: a server may refuse such a request, and one of HTTP/1.0 with any transfer coding is faulty.

import { chunkedInner, inner, testRefusals } from "../helpers/smuggling.ts";

const length = (bytes: number): string => `Content-Length: ${bytes}`;
const chunked = "Transfer-Encoding: chunked";

testRefusals("a length and chunks", [
  ["a length of everything, then chunks", `${length(chunkedInner.length)}\r\n${chunked}`, chunkedInner],
  ["chunks, then a length of everything", `${chunked}\r\n${length(chunkedInner.length)}`, chunkedInner],
  ["a length of a part, then chunks", `${length(5)}\r\n${chunked}`, chunkedInner],
  ["chunks of everything, a length of their first line", `${chunked}\r\n${length(4)}`, `5c\r\n${inner}`],
  ["a length of nothing, then chunks", `${length(0)}\r\n${chunked}`, chunkedInner],
  ["chunks, then a length of nothing", `${chunked}\r\n${length(0)}`, chunkedInner],
  ["a length and an empty coding", `${length(5)}\r\nTransfer-Encoding:`, `hello${inner}`],
  ["a length and identity", `${length(5)}\r\nTransfer-Encoding: identity`, `hello${inner}`],
  ["a length between two codings", `${chunked}\r\n${length(5)}\r\n${chunked}`, chunkedInner],
  ["the length behind a field that Connection names", `Connection: Content-Length\r\n${length(5)}\r\n${chunked}`, chunkedInner],
]); // prettier-ignore

testRefusals(
  "in HTTP/1.0, which knows no chunks,",
  [
    ["chunks", chunked, chunkedInner],
    ["chunks on a connection to be kept", `Connection: keep-alive\r\n${chunked}`, chunkedInner],
    ["a length and chunks", `${length(5)}\r\n${chunked}`, chunkedInner],
  ],
  { version: "1.0" },
);
