// Fields on their way into HTTP/2 and out of it: pseudo-fields instead of the first line, names in lower case, nothing of
// HTTP/1.1's connections.

import type { OutgoingHttpHeaders } from "node:http2";

import type { RawHead } from "./read-head.ts";
import { isEdges } from "./request-fields.ts";
import { trailerFields } from "./response-head.ts";

/** Fields that HTTP/2 forbids, and Host, which is `:authority`. @see RFC 9113 §8.2.2, §8.3.1 */
const dropped: ReadonlySet<string> = new Set([
  "connection",
  "keep-alive",
  "proxy-connection",
  "transfer-encoding",
  "upgrade",
  "http2-settings",
  "host",
]);

/** Fields that node:http2 sends only once; as a list, separated by commas, they mean the same. @see RFC 9110 §5.3 */
function setField(fields: OutgoingHttpHeaders, name: string, value: string): void {
  const known = fields[name];
  if (known === undefined) fields[name] = value;
  else fields[name] = `${String(known)}${name === "cookie" ? "; " : ", "}${value}`;
}

/** A request's fields for node:http2. `flat` has names and values in turn, Host among them. */
export function http2RequestFields(
  flat: readonly string[],
  { method, path, scheme }: { method: string; path: string; scheme: "http" | "https" },
): OutgoingHttpHeaders {
  const fields = Object.create(null) as OutgoingHttpHeaders;
  fields[":method"] = method;
  fields[":scheme"] = scheme;
  fields[":authority"] = "";
  fields[":path"] = path;
  for (let index = 0; index + 1 < flat.length; index += 2) {
    const name = (flat[index] ?? "").toLowerCase();
    const value = flat[index + 1] ?? "";
    if (name === "host") fields[":authority"] = value;
    else if (!dropped.has(name)) setField(fields, name, value);
  }
  return fields;
}

/** A request's trailers for node:http2. `flat` is as received. */
export function http2Trailers(flat: readonly string[]): OutgoingHttpHeaders {
  const fields = Object.create(null) as OutgoingHttpHeaders;
  for (const [name, value] of trailerFields(flat)) {
    const lower = name.toLowerCase();
    if (!lower.startsWith(":") && !isEdges(lower)) setField(fields, lower, value);
  }
  return fields;
}

/** A field section without pseudo-fields, names and values in turn. */
function withoutPseudoFields(rawFields: readonly string[]): string[] {
  const fields: string[] = [];
  for (let index = 0; index + 1 < rawFields.length; index += 2) {
    const name = rawFields[index] ?? "";
    if (!name.startsWith(":")) fields.push(name, rawFields[index + 1] ?? "");
  }
  return fields;
}

/** Bytes that a field section would have in HTTP/1.1, where the limit is known to everybody. */
export function sectionBytes(rawFields: readonly string[]): number {
  let bytes = 0;
  for (const text of rawFields) bytes += text.length + 2; // A name has ": " after it, a value the line's end.
  return bytes;
}

/** The status of a head; 0 where there is none, which node:http2 lets nobody send. */
export function statusOf(raw: readonly string[]): number {
  const place = raw.indexOf(":status");
  return place < 0 ? 0 : Number(raw[place + 1]);
}

/** What HTTP/2 says of itself in frames has no place in a head. */
export function rawHead(status: number, raw: readonly string[]): RawHead {
  return {
    status,
    reason: "",
    minorVersion: null,
    fields: withoutPseudoFields(raw),
    contentLength: null,
    isChunked: false,
    isKept: true,
    keepAlive: "",
    switches: false,
  };
}
