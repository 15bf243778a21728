// Judges what went wrong after the connection stood: by the code of the error, by what the wire saw, and by the bytes themselves.

import { failureTypes } from "../../edge-codes/failure-types.ts";
import { codeOf, type Evidence } from "../connect/phase-error.ts";
import { findTls } from "./classify-connect.ts";
import { describeHttp2, findHttp2, looksLikeHttp } from "./classify-http2.ts";
import { Http2Error } from "./http2-error.ts";
import type { Finding, OriginFailure } from "./origin-failure.ts";
import { readable, recogniseProtocol } from "./recognise-protocol.ts";
import { ownFailures } from "./tables.ts";

const nothing: Buffer = Buffer.alloc(0);

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

const closedCodes: ReadonlySet<string> = new Set(["CONNECTION_SPENT", "CONNECTION_CLOSED"]);
/** Of a head that is none, or none yet: what it looks like says more. */
const strangeCodes: ReadonlySet<string> = new Set(["BAD_STATUS", "BAD_FIELD"]);
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
  // The socket's own error came first and says more than what we made of it.
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
  if (!evidence.hasHead && isStrange(code, evidence.wire?.headBytes)) {
    const isHttp2 = recogniseProtocol(evidence.wire?.headBytes ?? nothing) === "HTTP/2";
    return { type: "http_protocol_error", reason: isHttp2 ? "http2_only" : "not_http" };
  }
  const own = ownFailures[code];
  if (own !== undefined) return own;
  if (/^ERR_SSL_|^EPROTO$/.test(code)) return afterHandshake(code);
  const isReset = resetCodes.has(code);
  if (!isReset && !closedCodes.has(code)) return { type: "proxy_internal_error", reason: null };
  return cutOff(!isReset, evidence);
}

/** Something came instead of a head, and then nothing that would make it one. */
function isStrange(code: string, bytes: Buffer = nothing): boolean {
  const isOver = strangeCodes.has(code) || closedCodes.has(code) || resetCodes.has(code);
  return isOver && bytes.length > 0 && !looksLikeHttp(bytes);
}

/** TLS 1.3 tells of a missing client certificate only after the handshake; anything but an alert is a broken record. */
function afterHandshake(code: string): Finding {
  const found = findTls(code);
  return found.type === "tls_alert_received"
    ? found
    : { type: "tls_protocol_error", reason: "bad_record" };
}

function cutOff(isClosed: boolean, { hasHead, wire, isReused }: ExchangeEvidence): Finding {
  if (hasHead || (wire?.responseBytes ?? 0) > 0)
    return { type: "http_response_incomplete", reason: isClosed ? "closed_early" : "reset_early" };
  if (isReused) return { type: "connection_terminated", reason: "closed_on_reuse" };
  return {
    type: "connection_terminated",
    reason: isClosed ? "closed_before_response" : "reset_before_response",
  };
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
