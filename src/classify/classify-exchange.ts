// Judges what went wrong after the connection stood: by the library's code, by what the wire saw, and by the bytes themselves.

import { failureTypes } from "../../edge-codes/failure-types.ts";
import { codeOf, type Evidence } from "../connect/phase-error.ts";
import { findTls } from "./classify-connect.ts";
import { describeHttp2, findHttp2, looksLikeHttp } from "./classify-http2.ts";
import { Http2Error } from "./http2-error.ts";
import type { Finding, OriginFailure } from "./origin-failure.ts";
import { faultInHead } from "./fault-in-head.ts";
import { readable, recogniseProtocol } from "./recognise-protocol.ts";
import { headFailures, ownFailures } from "./tables.ts";

/** What was seen of the connection, or of the stream. */
export interface Seen {
  readonly error: Error | null;
  readonly isEnded: boolean;
  readonly responseBytes: number;
  readonly headBytes: Buffer;
}

/** Everything that is known when an exchange breaks. */
export interface ExchangeEvidence {
  readonly error: unknown;
  /** Null where there was no connection yet. */
  readonly wire: Seen | null;
  /** The connection had carried another request before. */
  readonly isReused: boolean;
  readonly requestSent: boolean;
  /** The final response's head was complete. */
  readonly hasHead: boolean;
  /** The response's head had left for the client. */
  readonly responseStarted: boolean;
}

const closedCodes: ReadonlySet<string> = new Set([
  "UND_ERR_SOCKET",
  "UND_ERR_INFO",
  "CONNECTION_SPENT",
  "HPE_INVALID_EOF_STATE",
  "HPE_CLOSED_CONNECTION",
]);
const contentCodes: ReadonlySet<string> = new Set(["CONTENT_CORRUPT", "CONTENT_TRUNCATED"]);
const resetCodes: ReadonlySet<string> = new Set([
  "ECONNRESET",
  "EPIPE",
  "ECONNABORTED",
  "ETIMEDOUT",
]);

/** What happened, where a library would say it in words of its own. Ours say it in the error already. */
const details: Readonly<Record<string, string>> = {
  closed_before_response: "the origin closed the connection before a byte of the response",
  reset_before_response: "the origin reset the connection before a byte of the response",
  closed_on_reuse: "the kept connection ended before a byte of the response",
  closed_early: "the origin closed the connection in the middle of the response",
  reset_early: "the origin reset the connection in the middle of the response",
  not_http: "the origin's answer does not begin like HTTP",
  http2_only: "the origin answered in HTTP/2, which it was not asked in",
  unexpected_upgrade: "the origin answered 101 to a request that asked for no upgrade",
  bad_header: "the response's header section breaks the rules of HTTP/1.1",
  bad_chunk: "the response's chunked coding is broken",
};

/** From evidence to a failure. What nothing here explains is the gateway's own fault, never a guess. */
export function classifyExchange(evidence: ExchangeEvidence): OriginFailure {
  // The socket's own error came first and says more than what the HTTP client made of it.
  const first = isOfItself(evidence.error) ? null : evidence.wire?.error;
  const code = (first && codeOf(first)) || codeOf(evidence.error);
  const { type, reason } = find(code, evidence);
  return {
    type,
    reason,
    phase: failureTypes[type].phase,
    detail: describe({ type, reason }, evidence),
    evidence: collect(code, evidence),
    certificate: null,
    requestSent: evidence.requestSent,
    responseStarted: evidence.responseStarted,
    cause: evidence.error,
  };
}

/** The stream, or the content once all of it is here, is what is wrong, whatever becomes of the connection meanwhile. */
function isOfItself(error: unknown): boolean {
  return error instanceof Http2Error || contentCodes.has(codeOf(error));
}

function find(code: string, evidence: ExchangeEvidence): Finding {
  if (evidence.error instanceof Http2Error) return findHttp2(evidence.error, evidence);
  const own = ownFailures[code];
  if (own !== undefined) return own;
  if (/^ERR_SSL_|^EPROTO$/.test(code)) return afterHandshake(code);
  if (evidence.hasHead) return inContent(code, evidence);
  return inHead(code, evidence);
}

/** TLS 1.3 tells of a missing client certificate only after the handshake; anything but an alert is a broken record. */
function afterHandshake(code: string): Finding {
  const found = findTls(code);
  return found.type === "tls_alert_received"
    ? found
    : { type: "tls_protocol_error", reason: "bad_record" };
}

function inContent(code: string, { error, wire }: ExchangeEvidence): Finding {
  const overflow = headFailures[code];
  if (code === "UND_ERR_HEADERS_OVERFLOW" && overflow !== undefined) return overflow; // Of the trailer section.
  if (resetCodes.has(code)) return { type: "http_response_incomplete", reason: "reset_early" };
  if (closedCodes.has(code) || wire?.isEnded)
    return { type: "http_response_incomplete", reason: "closed_early" };
  if (isParserError(error)) return { type: "http_response_transfer_coding", reason: "bad_chunk" };
  return { type: "proxy_internal_error", reason: null };
}

function inHead(code: string, evidence: ExchangeEvidence): Finding {
  const { error, wire } = evidence;
  const bytes = wire?.headBytes ?? Buffer.alloc(0);
  const isHttp = looksLikeHttp(bytes);
  if (
    bytes.length > 0 &&
    !isHttp &&
    (isParserError(error) || closedCodes.has(code) || resetCodes.has(code))
  ) {
    return {
      type: "http_protocol_error",
      reason: recogniseProtocol(bytes) === "HTTP/2" ? "http2_only" : "not_http",
    };
  }
  if (bytes.toString("latin1", 0, 12) === "HTTP/1.1 101")
    return { type: "http_protocol_error", reason: "unexpected_upgrade" };

  const isClosed = closedCodes.has(code);
  if (isClosed || resetCodes.has(code)) return cutOff(isClosed, evidence);
  if (isParserError(error)) return { type: "http_protocol_error", reason: faultInHead(bytes) };
  return headFailures[code] ?? { type: "proxy_internal_error", reason: null };
}

function cutOff(isClosed: boolean, { wire, isReused }: ExchangeEvidence): Finding {
  if ((wire?.responseBytes ?? 0) > 0)
    return { type: "http_response_incomplete", reason: isClosed ? "closed_early" : "reset_early" };
  if (isReused) return { type: "connection_terminated", reason: "closed_on_reuse" };
  return {
    type: "connection_terminated",
    reason: isClosed ? "closed_before_response" : "reset_before_response",
  };
}

/** undici's parser error has a code only where llhttp names the fault, so its name is looked at too. */
function isParserError(error: unknown): boolean {
  return (
    error instanceof Error && (error.name === "HTTPParserError" || codeOf(error).startsWith("HPE_"))
  );
}

function describe(found: Finding, { error, wire, isReused }: ExchangeEvidence): string {
  if (error instanceof Http2Error) return describeHttp2(error, wire?.headBytes);
  const said = found.reason === null ? undefined : details[found.reason];
  const message = said ?? (error instanceof Error ? error.message : String(error));
  const protocol = wire === null ? null : recogniseProtocol(wire.headBytes);
  const looks = protocol === null ? "" : `; the answer looks like ${protocol}`;
  return `${message}${isReused ? " (on a reused connection)" : ""}${looks}`;
}

function collect(code: string, { error, wire, isReused, requestSent }: ExchangeEvidence): Evidence {
  const facts: Record<string, string | number> = {
    code: code || "none",
    reusedConnection: isReused ? "yes" : "no",
    requestSent: requestSent ? "yes" : "no",
  };
  if (error instanceof Http2Error) {
    facts["http2Error"] = error.http2Error;
    if (error.said !== "") facts["said"] = readable(Buffer.from(error.said, "latin1"), 128);
  }
  if (wire === null) return facts;
  facts["responseBytes"] = wire.responseBytes;
  const { headBytes } = wire;
  const protocol = recogniseProtocol(headBytes);
  if (protocol !== null) facts["looksLike"] = protocol;
  if (headBytes.length > 0) facts["firstBytes"] = readable(headBytes);
  return facts;
}
