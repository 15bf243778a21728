// What the bytes of an HTTP/1.1 response promise, read by the letter of RFC 9112, apart from the gateway and every parser that it uses.

import type { Ending } from "./plan.ts";

/** A response that is whole; null for bytes that are none, or not whole. */
export interface Promised {
  /** Null where it cannot be said. */
  readonly status: number | null;
  /** Latin-1. */
  readonly content: string;
}

/** The reason phrase is nobody's to read; the gateway sends none that it could not send. */
const statusLine = /^HTTP\/1\.([01]) ([1-5]\d{2})(?: [^\r\n]*)?$/;
const fieldLine = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):([\t\x20-\x7e\x80-\xff]*)$/;
/** What has no place in a trailer section. @see RFC 9110 §6.5.1 */
const framing = /^content-length:/i;

/** Reads the response to a GET, interim ones passed over, and line ends before a head. `ending` says what comes after the bytes. */
export function promisedByHttp1(bytes: string, ending: Ending): Promised | null {
  for (let from = 0; ;) {
    while (bytes[from] === "\r" || bytes[from] === "\n") from += 1;
    const end = bytes.indexOf("\r\n\r\n", from);
    if (end < 0) return null;
    const [first = "", ...lines] = bytes.slice(from, end).split("\r\n");
    const [, minor, digits] = statusLine.exec(first) ?? [];
    if (digits === undefined || !lines.every((line) => fieldLine.test(line))) return null;
    const status = Number(digits);
    if (status === 101) return null;
    if (status >= 200)
      return readContent({ status, minor, lines, rest: bytes.slice(end + 4), ending });
    from = end + 4;
  }
}

interface Head {
  readonly status: number;
  readonly minor: string | undefined;
  readonly lines: readonly string[];
  readonly rest: string;
  readonly ending: Ending;
}

function readContent({ status, minor, lines, rest, ending }: Head): Promised | null {
  const lengths = valuesOf(lines, "content-length");
  const codings = valuesOf(lines, "transfer-encoding");
  if (codings.length > 0) {
    if (lengths.length > 0 || minor === "0" || codings.length > 1) return null;
    if (codings[0]?.toLowerCase() !== "chunked") return null;
    if (status === 204 || status === 304) return { status, content: "" };
    const content = readChunks(rest);
    return content === null ? null : { status, content };
  }
  if (lengths.some((length) => !/^\d+$/.test(length) || length !== lengths[0])) return null;
  if (status === 204 || status === 304) return { status, content: "" };
  if (lengths.length > 0) {
    const length = Number(lengths[0]);
    return rest.length < length ? null : { status, content: rest.slice(0, length) };
  }
  // A reset right behind content may reach a reader as an end: the zoo's close-delimited-rst waits, and sees it told apart.
  return ending === "stays" ? null : { status, content: rest };
}

function valuesOf(lines: readonly string[], wanted: string): string[] {
  return lines.flatMap((line) => {
    const [, name = "", value = ""] = fieldLine.exec(line) ?? [];
    return name.toLowerCase() === wanted ? [value.replace(/^[\t ]+|[\t ]+$/g, "")] : [];
  });
}

/** Null unless the last chunk and the end of the trailers are there. */
function readChunks(rest: string): string | null {
  let content = "";
  for (let at = 0; ;) {
    const end = rest.indexOf("\r\n", at);
    const [, digits] =
      /^([0-9a-f]+)(?:;[\t\x20-\x7e\x80-\xff]*)?$/i.exec(end < 0 ? "" : rest.slice(at, end)) ?? [];
    if (digits === undefined) return null;
    const size = Number.parseInt(digits, 16);
    if (size === 0) return endsAfter(rest, end + 2) ? content : null;
    const chunkEnd = end + 2 + size;
    if (rest.slice(chunkEnd, chunkEnd + 2) !== "\r\n") return null;
    content += rest.slice(end + 2, chunkEnd);
    at = chunkEnd + 2;
  }
}

/** Whether a trailer section begins here, and ends. */
function endsAfter(rest: string, start: number): boolean {
  for (let at = start; ;) {
    const end = rest.indexOf("\r\n", at);
    if (end < 0) return false;
    if (end === at) return true;
    if (!fieldLine.test(rest.slice(at, end)) || framing.test(rest.slice(at, end))) return false;
    at = end + 2;
  }
}
