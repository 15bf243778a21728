// The response's head as the client gets it: checked, since Node throws on what it cannot send, and otherwise untouched,
// in its order, duplicates kept.

import { STATUS_CODES } from "node:http";

import { ExchangeError } from "../classify/exchange-error.ts";
import { setsCookie } from "../pick/cookie-field.ts";
import type { AttemptSettings } from "./attempt-owner.ts";
import type { RawHead } from "./read-head.ts";
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
  /** The client can be sent chunks. */
  readonly mayChunk: boolean;
  readonly settings: Pick<AttemptSettings, "server" | "ownCookie">;
}

/** Builds the head, or says why it cannot be sent on. */
export function responseHead(
  { status, reason, minorVersion, fields: rawFields }: RawHead,
  { mayChunk, settings: { server, ownCookie } }: HeadContext,
): ResponseHead | ExchangeError {
  if (status < 200 || status > 599)
    return new ExchangeError("BAD_STATUS", `the status ${status} is none`);
  const named = connectionNamed(valueOf(rawFields, "connection"));
  const fields: string[] = [];
  let contentCoding = "";
  let contentLength: number | null = null;
  let isDelimited = minorVersion === null;

  for (let index = 0; index + 1 < rawFields.length; index += 2) {
    const name = rawFields[index] ?? "";
    const value = rawFields[index + 1] ?? "";
    const lower = name.toLowerCase();
    if (lower === "transfer-encoding") {
      // To the letter, as whoever reads the content takes it: a no-break space is no blank.
      if (value.toLowerCase() !== "chunked" || isDelimited) {
        return new ExchangeError(
          "UNKNOWN_TRANSFER_CODING",
          `the transfer coding "${value}" cannot be decoded`,
        );
      }
      // RFC 9112 §6.1: the framing of such a message is faulty, whoever sent it.
      if (minorVersion === 0)
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

/** A trailer section for `addTrailers`, without the fields that must not be in one. @see RFC 9110 §6.5.1 */
export function trailerFields(flat: readonly string[]): [string, string][] {
  const fields: [string, string][] = [];
  for (let index = 0; index + 1 < flat.length; index += 2) {
    const name = flat[index] ?? "";
    const lower = name.toLowerCase();
    if (!dropped.has(lower) && lower !== "content-length")
      fields.push([name, flat[index + 1] ?? ""]);
  }
  return fields;
}

/** Every value of a field, joined; undefined where there is none. */
function valueOf(rawFields: readonly string[], wanted: string): string | undefined {
  let joined: string | undefined;
  for (let index = 0; index + 1 < rawFields.length; index += 2) {
    const name = rawFields[index];
    if (name?.length !== wanted.length || name.toLowerCase() !== wanted) continue;
    const value = rawFields[index + 1] ?? "";
    joined = joined === undefined ? value : `${joined}, ${value}`;
  }
  return joined;
}

/** What Node cannot send gives way to the standard phrase. */
function reasonPhrase(status: number, reason: string): string {
  return /^[\t\x20-\x7e\x80-\xff]*$/.test(reason) ? reason : (STATUS_CODES[status] ?? "");
}
