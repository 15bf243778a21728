// A response's header section, from text to fields, as strictly as docs/decisions/0010-how-strict-is-the-parser.md says.

import { ExchangeError } from "../classify/exchange-error.ts";

/** What a head says, before anything is made of it. */
export interface RawHead {
  readonly status: number;
  readonly reason: string;
  /** The minor version of HTTP/1; null over HTTP/2, whose heads have none. */
  readonly minorVersion: 0 | 1 | null;
  /** Names and values in turn, as received, each byte one character. */
  readonly fields: readonly string[];
  /** Bytes of content announced; null where they are not. */
  readonly contentLength: number | null;
  /** The content comes in chunks. */
  readonly isChunked: boolean;
  /** The origin means to keep the connection. @see RFC 9112 §9.3 */
  readonly isKept: boolean;
  /** The value of Keep-Alive; empty where there is none. */
  readonly keepAlive: string;
  /** Connection and Upgrade both name another protocol. @see RFC 9110 §7.8 */
  readonly switches: boolean;
}

/** A status line without its end. @see RFC 9112 §4 */
const statusLine = /^HTTP\/1\.[01] \d{3}(?: [^\r\n]*)?$/;
/** A field line without its end. @see RFC 9112 §5, RFC 9110 §5.1 and §5.5 */
const fieldLine = /^[!#$%&'*+.^_`|~\dA-Za-z-]+:[\t\x20-\x7e\x80-\xff]*$/;
/** All of a section without its last line end, at one look. */
const goodHead =
  /^HTTP\/1\.[01] \d{3}(?: [^\r\n]*)?(?:\r\n[!#$%&'*+.^_`|~\dA-Za-z-]+:[\t\x20-\x7e\x80-\xff]*)*$/;

/** What may still become a status line, or a field line. */
const versionStart = "HTTP/1.";
const statusStart =
  /^HTTP\/1\.(?:[01](?: (?:\d{0,2}|\d{3}(?: [^\r\n]*)?))?|[01] \d{3}(?: [^\r\n]*)?\r)?$/;
const fieldStart = /^(?:[!#$%&'*+.^_`|~\dA-Za-z-]+(?::[\t\x20-\x7e\x80-\xff]*)?)?\r?$/;

const badStatus = (): ExchangeError =>
  new ExchangeError("BAD_STATUS", "the status line breaks the rules of HTTP/1.1");
const badField = (): ExchangeError =>
  new ExchangeError("BAD_FIELD", "the header section breaks the rules of HTTP/1.1");
const badFraming = (what: string): ExchangeError => new ExchangeError("BAD_FRAMING", what);

/** Reads a section, given without the empty line at its end, or says what is wrong with it. */
export function readHead(text: string): RawHead | ExchangeError {
  if (!goodHead.test(text)) return faultIn(text, true) ?? badStatus();
  const firstEnd = lineEnd(text, 0);
  const minorVersion = text.charCodeAt(7) === 0x31 ? 1 : 0;
  const fields: string[] = [];
  const framing = new Framing();
  let connection = "";
  let keepAlive = "";
  let hasUpgrade = false;
  for (let at = firstEnd + 2; at < text.length;) {
    const end = lineEnd(text, at);
    const colon = text.indexOf(":", at);
    const name = text.slice(at, colon);
    const value = trimmed(text, colon + 1, end);
    at = end + 2;
    switch (name.length) {
      case 7:
        hasUpgrade ||= name.toLowerCase() === "upgrade";
        break;
      case 10: {
        const lower = name.toLowerCase();
        if (lower === "connection") connection += `,${value.toLowerCase()}`;
        else if (lower === "keep-alive") keepAlive = value;
        break;
      }
      case 14:
      case 17: {
        const fault = framing.add(name, value);
        if (fault === "repeated") continue;
        if (fault !== null) return fault;
        break;
      }
    }
    fields.push(name, value);
  }
  const options = connection === "" ? null : connection.split(",").map((option) => option.trim());
  return {
    status: Number(text.slice(9, 12)),
    reason: text.slice(13, firstEnd),
    minorVersion,
    fields,
    contentLength: framing.contentLength,
    isChunked: framing.coding === "chunked",
    isKept:
      minorVersion === 1
        ? options?.includes("close") !== true
        : options?.includes("keep-alive") === true,
    keepAlive,
    switches: hasUpgrade && options?.includes("upgrade") === true,
  };
}

/** What the fields say of where the content ends. @see RFC 9112 §6 */
class Framing {
  contentLength: number | null = null;
  /** The last transfer coding, lower case; null where there is none. */
  coding: string | null = null;
  #length = "";

  /** Takes a field, whatever its name. Says what is wrong; `repeated` is a length that was there before. */
  add(name: string, value: string): ExchangeError | "repeated" | null {
    const lower = name.toLowerCase();
    if (lower === "transfer-encoding") this.coding = value.toLowerCase();
    else if (lower !== "content-length") return null;
    else if (this.contentLength === null) {
      if (!isLength(value)) return badFraming(`the length "${value}" is none`);
      this.#length = value;
      this.contentLength = Number(value);
    } else {
      // RFC 9110 §8.6: a recipient may take repetitions of one value for one field.
      return value === this.#length ? "repeated" : badFraming("there are two lengths");
    }
    return this.coding !== null && this.contentLength !== null
      ? badFraming("Content-Length and Transfer-Encoding stand together")
      : null;
  }
}

/** Reads a trailer section, given without the line end that begins it and the empty line at its end; null if it is broken. */
export function readTrailers(text: string): string[] | null {
  const fields: string[] = [];
  for (const line of text === "" ? [] : text.split("\r\n")) {
    if (!fieldLine.test(line)) return null;
    const colon = line.indexOf(":");
    // What says how long a message is may not come after its end. @see RFC 9110 §6.5.1
    if (line.slice(0, colon).toLowerCase() === "content-length") return null;
    fields.push(line.slice(0, colon), trimmed(line, colon + 1, line.length));
  }
  return fields;
}

/** The first rule that a section, or what has come of one, breaks; null if it breaks none so far. */
export function faultIn(text: string, isWhole: boolean): ExchangeError | null {
  const framing = new Framing();
  const lines = text.split("\r\n");
  for (const [index, line] of lines.entries()) {
    const isDone = isWhole || index < lines.length - 1;
    const fault = index === 0 ? faultInStatus(line, isDone) : faultInField(line, isDone, framing);
    if (fault !== null) return fault;
  }
  return null;
}

function faultInStatus(line: string, isDone: boolean): ExchangeError | null {
  const isGood = isDone
    ? statusLine.test(line)
    : versionStart.startsWith(line) || statusStart.test(line);
  if (isGood) return null;
  // A line that ends with LF alone is a fault of the line ends, wherever it stands.
  return statusLine.test(line.split("\n", 1)[0] ?? "") ? badField() : badStatus();
}

function faultInField(line: string, isDone: boolean, framing: Framing): ExchangeError | null {
  if (!(isDone ? fieldLine : fieldStart).test(line)) return badField();
  if (!isDone) return null;
  const colon = line.indexOf(":");
  const fault = framing.add(line.slice(0, colon), trimmed(line, colon + 1, line.length));
  return fault === "repeated" ? null : fault;
}

function lineEnd(text: string, from: number): number {
  const end = text.indexOf("\r\n", from);
  return end < 0 ? text.length : end;
}

/** A part of the text without the blanks around it. */
function trimmed(text: string, from: number, to: number): string {
  let [start, end] = [from, to];
  while (start < end && isBlank(text.charCodeAt(start))) start += 1;
  while (end > start && isBlank(text.charCodeAt(end - 1))) end -= 1;
  return text.slice(start, end);
}

function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x09;
}

/** Digits, and few enough for 64 bits. */
function isLength(value: string): boolean {
  return /^\d+$/.test(value) && (value.length < 16 || BigInt(value) < 2n ** 64n);
}
