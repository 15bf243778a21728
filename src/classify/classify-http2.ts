// Judges what ended an HTTP/2 stream: by who ended it, by its error code, and by what an origin said that speaks no HTTP/2.

import { type Http2Error } from "./http2-error.ts";
import type { Finding } from "./origin-failure.ts";
import { readable, recogniseProtocol } from "./recognise-protocol.ts";
import { http2ContentFailures, http2HeadFailures } from "./tables.ts";

/** From a stream's end to a failure. */
export function findHttp2(
  error: Http2Error,
  { hasHead, wire }: { hasHead: boolean; wire: { headBytes: Buffer } | null },
): Finding {
  const found = (hasHead ? http2ContentFailures : http2HeadFailures)[error.code];
  if (error.code !== "HTTP2_BROKEN" || wire === null || wire.headBytes.length === 0) return found;
  const protocol = protocolOf(wire.headBytes);
  return protocol === null || protocol.startsWith("HTTP/")
    ? found
    : { type: "http_protocol_error", reason: "not_http" };
}

/** What happened, in a sentence. */
export function describeHttp2(
  { code, http2Error, said }: Http2Error,
  headBytes: Buffer | undefined,
): string {
  const text = said === "" ? "" : `: ${readable(Buffer.from(said, "latin1"), 128)}`;
  switch (code) {
    case "STREAM_RESET":
      return `the origin reset the stream (RST_STREAM, ${http2Error})`;
    case "GOAWAY":
      return `the origin gave up the connection (GOAWAY, ${http2Error}${text})`;
    case "HTTP2_BROKEN": {
      const protocol = headBytes === undefined ? null : protocolOf(headBytes);
      const looks = protocol === null ? "" : `; the answer looks like ${protocol}`;
      return `what the origin sent breaks the rules of HTTP/2 (${http2Error}${text})${looks}`;
    }
  }
}

/** The protocol of bytes that are no HTTP/2. */
function protocolOf(bytes: Buffer): string | null {
  return bytes.length > 0 && looksLikeHttp(bytes) ? "HTTP/1.1" : recogniseProtocol(bytes);
}

/** Whether the bytes begin like a status line, as far as they go. */
export function looksLikeHttp(bytes: Buffer): boolean {
  const start = bytes.toString("latin1", 0, 5).toUpperCase();
  return start.length > 0 && "HTTP/".startsWith(start);
}
