// The response's head as the client gets it: checked, since Node throws on what it cannot send, and otherwise untouched,
// in its order, duplicates kept.

import { STATUS_CODES } from "node:http";

import { ExchangeError } from "../classify/exchange-error.ts";
import { setsCookie } from "../pick/cookie-field.ts";
import type { AttemptSettings } from "./attempt-owner.ts";
import { connectionNamed } from "./request-fields.ts";

/** A head, ready for `writeHead`. */
export interface ResponseHead {
  readonly status: number;
  readonly reason: string;
  /** Names and values in turn, as received, without those that end at this hop. */
  readonly fields: string[];
  /** Content coding, lower case; empty where there is none. */
  readonly contentCoding: string;
  /** Bytes of content announced; null where they are not. */
  readonly contentLength: number | null;
  /** Content-Length or chunked: the end of the content can be told from a lost connection. */
  readonly isDelimited: boolean;
}

const protocolName = Buffer.from("HTTP/");
const versionStart = Buffer.from("HTTP/1.");

/** Fields that belong to one connection (RFC 9110 §7.6.1), those meant for the edge, and the ray id, which is ours to give. */
const dropped: ReadonlySet<string> = new Set([
  "connection",
  "keep-alive",
  "proxy-connection",
  "te",
  "transfer-encoding",
  "upgrade",
  "x-accel-buffering", // Orders for the edge end at the edge: Cloudflare docs, HTTP headers.
  "x-accel-charset",
  "x-accel-limit-rate",
  "x-accel-redirect",
  "cf-ray",
]);

/** What there is to know beside the head itself. */
export interface HeadContext {
  /** The start of the status line; null over HTTP/2, which has none. */
  readonly firstBytes: Buffer | null;
  /** The client can be sent chunks. */
  readonly mayChunk: boolean;
  readonly settings: Pick<AttemptSettings, "server" | "ownCookie">;
}

/**
 * Builds the head, or says why it cannot be sent on. `rawFields` are names and values in turn, as undici gives them, and
 * `firstBytes` the start of the status line, since undici's parser takes RTSP/1.0, HTTP/0.9 and HTTP/2.0 for HTTP/1.1; null
 * over HTTP/2, which has none.
 */
export function responseHead(
  status: number,
  rawFields: readonly Buffer[],
  reason: string,
  { firstBytes, mayChunk, settings: { server, ownCookie } }: HeadContext,
): ResponseHead | ExchangeError {
  if (firstBytes?.subarray(0, versionStart.length).equals(versionStart) === false) {
    return new ExchangeError(
      firstBytes.subarray(0, 5).equals(protocolName) ? "BAD_STATUS" : "NOT_HTTP",
      "the version is not HTTP/1.x",
    );
  }
  if (status < 200 || status > 599)
    return new ExchangeError("BAD_STATUS", `the status ${status} is none`);
  const named = connectionNamed(valueOf(rawFields, "connection"));
  const fields: string[] = [];
  let contentCoding = "";
  let contentLength: number | null = null;
  let isDelimited = firstBytes === null;

  for (let index = 0; index + 1 < rawFields.length; index += 2) {
    const name = rawFields[index]?.toString("latin1") ?? "";
    const value = rawFields[index + 1]?.toString("latin1") ?? "";
    const lower = name.toLowerCase();
    if (lower === "transfer-encoding") {
      if (value.trim().toLowerCase() !== "chunked" || isDelimited) {
        return new ExchangeError(
          "UNKNOWN_TRANSFER_CODING",
          `the transfer coding "${value}" cannot be decoded`,
        );
      }
      // RFC 9112 §6.1: the framing of such a message is faulty, whoever sent it.
      if (firstBytes?.[versionStart.length] === 0x30)
        return new ExchangeError("BAD_FRAMING", "an HTTP/1.0 response has a transfer coding");
      isDelimited = true;
      continue;
    }
    if (dropped.has(lower) || named?.has(lower)) continue;
    if (lower === "content-length") {
      contentLength = Number(value);
      isDelimited = true;
      if (status === 204) continue; // RFC 9110 §8.6: not in a 204.
    }
    if (server !== null && lower === "server") continue;
    if (ownCookie !== null && lower === "set-cookie" && setsCookie(value, ownCookie)) continue;
    if (lower === "content-encoding") contentCoding = value.trim().toLowerCase();
    fields.push(name, value);
  }
  if (server !== null) fields.push("server", server);
  // RFC 9110 §6.6.2: without chunks there will be no trailers to announce, and Node refuses to.
  if (!mayChunk || contentLength !== null) removeField(fields, "trailer");
  return {
    status,
    reason: reasonPhrase(status, reason),
    fields,
    contentCoding,
    contentLength,
    isDelimited,
  };
}

function removeField(fields: string[], lower: string): void {
  for (let index = fields.length - 2; index >= 0; index -= 2) {
    if (fields[index]?.toLowerCase() === lower) fields.splice(index, 2);
  }
}

/**
 * A trailer section for `addTrailers`, without the fields that must not be in one.
 * undici gives buffers, whatever its types say of its flat handlers. @see RFC 9110 §6.5.1
 */
export function trailerFields(flat: readonly (Buffer | string)[]): [string, string][] {
  const fields: [string, string][] = [];
  for (let index = 0; index + 1 < flat.length; index += 2) {
    const name = latin1(flat[index]);
    const lower = name.toLowerCase();
    if (!dropped.has(lower) && lower !== "content-length")
      fields.push([name, latin1(flat[index + 1])]);
  }
  return fields;
}

function latin1(text: Buffer | string | undefined): string {
  return typeof text === "string" ? text : (text?.toString("latin1") ?? "");
}

/** Every value of a field, joined; undefined where there is none. */
function valueOf(rawFields: readonly Buffer[], wanted: string): string | undefined {
  let joined: string | undefined;
  for (let index = 0; index + 1 < rawFields.length; index += 2) {
    const name = rawFields[index];
    if (name?.length !== wanted.length || name.toString("latin1").toLowerCase() !== wanted)
      continue;
    const value = latin1(rawFields[index + 1]);
    joined = joined === undefined ? value : `${joined}, ${value}`;
  }
  return joined;
}

/** undici decodes the phrase as UTF-8, Node sends it as latin1: what does not survive both gives way to the standard one. */
function reasonPhrase(status: number, reason: string): string {
  if (/^[\t\x20-\x7e]*$/.test(reason)) return reason;
  const bytes = Buffer.from(reason, "utf8").toString("latin1");
  return reason.includes("\ufffd") || !/^[\t\x20-\x7e\x80-\xff]*$/.test(bytes)
    ? (STATUS_CODES[status] ?? "")
    : bytes;
}
