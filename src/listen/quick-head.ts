// The head of an answer over HTTP/1.1, word for word as node:http would write it, and the content that comes with it, in one string.
// Node looks at each field several times to find out what we know. Where it would do anything else, or is not as we know it, it does it.

/* oxlint-disable no-underscore-dangle -- They are Node's own names, and stand in this file alone. */

import { type IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";

/** What Node keeps of a response, for years by these names, and not among its types. */
interface ResponseInternals {
  /** The head, once there is one. */
  _header: string | null;
  _headerSent: boolean;
  _hasBody: boolean;
  _contentLength: number | null;
  chunkedEncoding: boolean;
  readonly shouldKeepAlive: boolean;
  readonly _keepAliveTimeout: number;
  readonly _maxRequestsPerSocket: number;
  readonly _defaultKeepAlive: boolean;
  readonly _expect_continue: boolean | undefined;
  /** Writes, with the head before what is written first. */
  _send(data: string, encoding: "latin1"): boolean;
}

/** Fields that change what Node does with the connection or the content. */
const meaningful: ReadonlySet<string> = new Set([
  "connection",
  "expect",
  "keep-alive",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
]);

const token = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
const unsendable = /[^\t\x20-\x7e\x80-\xff]/;

/** Names that have been looked at, in lower case; of more than these none is remembered. */
const lowerCase = new Map<string, string>();
const mostNames = 1_000;

/** With less of a head and content together, a socket that holds nothing never says that it is full. */
const mostJoined = 12_288;

/**
 * Writes the first piece of content together with the head, as one string: Node makes two pieces of them and a queue for those,
 * which costs a tenth of a small response. False where `write` must be called.
 */
export function writeJoined(res: ServerResponse, chunk: Uint8Array): boolean {
  if (!isAsKnown) return false;
  const { _header: head, _headerSent: isSent, _hasBody: hasBody, chunkedEncoding } = internals(res);
  if (head === null || isSent || !hasBody || chunkedEncoding) return false;
  if (head.length + chunk.length > mostJoined || !isFree(res)) return false;
  const { buffer, byteOffset, length } = chunk;
  internals(res)._send(Buffer.from(buffer, byteOffset, length).toString("latin1"), "latin1");
  return true;
}

/** The connection is this response's now, and has nothing to write yet. */
function isFree(res: ServerResponse): boolean {
  const socket: (Socket & { _httpMessage?: unknown }) | null = res.socket;
  return socket?._httpMessage === res && socket.writableLength === 0 && socket.writable;
}

function internals(res: ServerResponse): ResponseInternals {
  return res as unknown as ResponseInternals;
}

/** Begins the response, as `writeHead` does; false where that must be called. */
export function writeQuickHead(
  res: ServerResponse,
  status: number,
  reason: string,
  fields: readonly string[],
): boolean {
  return isAsKnown && begin(res as unknown as Beginning, status, reason, fields);
}

type Beginning = ResponseInternals & Pick<ServerResponse, "statusCode" | "statusMessage" | "req">;

function begin(res: Beginning, status: number, reason: string, fields: readonly string[]): boolean {
  const { _keepAliveTimeout: idleMs, req } = res;
  const isUsual =
    res._header === null &&
    res.shouldKeepAlive &&
    res._defaultKeepAlive &&
    res._maxRequestsPerSocket === 0 &&
    res._expect_continue !== true &&
    idleMs > 0 &&
    req.httpVersionMajor === 1 &&
    req.httpVersionMinor === 1;
  if (!isUsual || status < 200 || unsendable.test(reason)) return false;

  let contentLength: number | null = null;
  let hasDate = false;
  let head = `HTTP/1.1 ${status} ${reason}\r\n`;
  for (let index = 0; index + 1 < fields.length; index += 2) {
    const name = fields[index] ?? "";
    const value = fields[index + 1] ?? "";
    const lower = lowerCase.get(name) ?? lookAt(name);
    if (lower === null || meaningful.has(lower) || unsendable.test(value)) return false;
    if (lower === "content-length") contentLength = Number(value);
    else if (lower === "date") hasDate = true;
    head += `${name}: ${value}\r\n`;
  }
  const isWithoutContent = status === 204 || status === 304;
  if (contentLength === null && !isWithoutContent && res._hasBody) return false;

  if (!hasDate) head += `Date: ${dateNow()}\r\n`;
  res.statusCode = status;
  res.statusMessage = reason;
  if (isWithoutContent) res._hasBody = false;
  res._contentLength = contentLength;
  res.chunkedEncoding = false;
  res._header = `${head}Connection: keep-alive\r\nKeep-Alive: timeout=${Math.floor(idleMs / 1_000)}\r\n\r\n`;
  res._headerSent = false;
  return true;
}

/** The name in lower case; null if Node will not send it. */
function lookAt(name: string): string | null {
  if (!token.test(name)) return null;
  const lower = name.toLowerCase();
  if (lowerCase.size < mostNames) lowerCase.set(name, lower);
  return lower;
}

let dateSecond = 0;
let dateText = "";

/** @see RFC 9110 §5.6.7, IMF-fixdate */
function dateNow(): string {
  const second = Math.floor(Date.now() / 1_000);
  if (second !== dateSecond) {
    dateSecond = second;
    dateText = new Date(second * 1_000).toUTCString();
  }
  return dateText;
}

/** Whether this Node writes the head that we do, and keeps it where we put ours. */
const isAsKnown = ((): boolean => {
  const fields = ["Content-Length", "3", "date", "Thu, 01 Jan 1970 00:00:00 GMT", "x", "y"];
  const [ours, nodes] = [emptyResponse(), emptyResponse()] as unknown as [
    Beginning,
    Beginning & ServerResponse,
  ];
  try {
    nodes.writeHead(200, "OK", fields);
    const isSame = (key: keyof ResponseInternals): boolean => Object.is(ours[key], nodes[key]);
    return (
      begin(ours, 200, "OK", fields) &&
      isSame("_header") &&
      isSame("_headerSent") &&
      isSame("_hasBody") &&
      isSame("chunkedEncoding") &&
      typeof ours._send === "function"
    );
  } catch {
    return false;
  }
})();

function emptyResponse(): ServerResponse {
  const request = { method: "GET", httpVersionMajor: 1, httpVersionMinor: 1 };
  const asServed = { shouldKeepAlive: true, _keepAliveTimeout: 5_000, _maxRequestsPerSocket: 0 };
  return Object.assign(new ServerResponse(request as IncomingMessage), asServed);
}
