// Responses of HTTP/1.1, read from the bytes of a connection one after the other: interim heads and the final one, content by
// its framing, trailers. What it says of a response does not depend on how its bytes were cut into pieces.

import { ExchangeError } from "../classify/exchange-error.ts";
import { faultIn, type RawHead, readHead, readTrailers } from "./read-head.ts";

/** Whom a reader tells. Whatever is called may `stop` it. */
export interface ResponseSink {
  /** A head is there: of an interim response, or the final one's. After a 101 nothing is read: `rest` is what follows. */
  onHead(head: RawHead, rest: Buffer): void;
  onData(piece: Buffer): void;
  /** `isClean` says that nothing came behind the response's end. */
  onComplete(trailers: readonly string[], isClean: boolean): void;
  onFault(error: ExchangeError): void;
}

type State =
  | "idle"
  | "head"
  | "counted"
  | "chunkSize"
  | "chunk"
  | "chunkEnd"
  | "trailers"
  | "untilClose"
  | "stopped";

const nothing: Buffer = Buffer.alloc(0);
const lineFeed = 0x0a;
const carriageReturn = 0x0d;
const lineEnd: Buffer = Buffer.from("\r\n");
const sectionEnd = "\r\n\r\n";
/** As much of a head is looked at before it is whole: another protocol's greeting waits for an answer, and so would we. */
const lookedBytes = 4_096;
/** A chunk's size with its extensions, which a recipient ought to limit. @see RFC 9112 §7.1.1 */
const longestChunkLine = 262_144;
/** As much of it is looked at before it is whole. */
const lookedLine = 64;
const chunkLine =
  /^[\dA-Fa-f]+(?:;(?:[!#$%&'*+.^_`|~\dA-Za-z-]+|(?==))(?:=(?:[!#$%&'*+.^_`|~\dA-Za-z-]*|"(?:[\t\x20\x21\x23-\x5b\x5d-\x7e\x80-\xff]|\\[\t\x20-\x7e\x80-\xff])*"))?)*$/;
const chunkLineStart = /^(?:[\dA-Fa-f]+(?:;[^\r\n]*)?\r?)?$/;
const switchingProtocols = 101;

/** Reads one connection. */
export class ResponseReader {
  readonly #sink: ResponseSink;
  /** Bounds the bytes of a section's fields, and of all interim responses together. */
  readonly #sectionLimit: number;
  #state: State = "idle";
  #isHeadOnly = false;
  /** The final head has been told of, and found good. */
  #hasHead = false;
  #section: Buffer = nothing;
  #interimBytes = 0;
  /** Bytes of the content, or of the chunk, that are still to come. */
  #left = 0;
  /** The beginning of a chunk's first line. */
  #line = "";

  constructor(sink: ResponseSink, sectionLimit: number) {
    this.#sink = sink;
    this.#sectionLimit = sectionLimit;
  }

  /** A request is about to leave: what comes next answers it. A response to HEAD is over with its head. */
  expect(isHeadOnly: boolean): void {
    this.#isHeadOnly = isHeadOnly;
    this.#hasHead = false;
    this.#interimBytes = 0;
    this.#enter("head", nothing);
  }

  /** Whatever comes is of no interest any more. */
  stop(): void {
    this.#state = "stopped";
  }

  /** What has come of the head now awaited, or of the one that is being told of, with what came in one piece with it. */
  get headBytes(): Buffer {
    return this.#hasHead ? nothing : this.#section;
  }

  /** Takes what the connection brings, and keeps none of it for later. False if nothing was expected. */
  read(chunk: Buffer): boolean {
    let at = 0;
    while (at < chunk.length) {
      switch (this.#state) {
        case "head":
        case "trailers":
          at = this.#readSection(at === 0 ? chunk : chunk.subarray(at), chunk.length);
          break;
        case "counted":
        case "chunk":
          at = this.#readCounted(chunk, at);
          break;
        case "chunkSize":
          at = this.#readSize(chunk, at);
          break;
        case "chunkEnd":
          at = this.#readChunkEnd(chunk, at);
          break;
        case "untilClose":
          this.#sink.onData(at === 0 ? chunk : chunk.subarray(at));
          return true;
        case "stopped":
          return true;
        case "idle":
          return false;
      }
    }
    return true;
  }

  /** The origin has closed: that ends content that has no other end. False if a response is not whole. */
  end(): boolean {
    if (this.#state !== "untilClose") return this.#state === "idle" || this.#state === "stopped";
    this.#complete([], true);
    return true;
  }

  #enter(state: "head" | "trailers", section: Buffer): void {
    this.#state = state;
    this.#section = section;
  }

  /** Takes what belongs to a section, and reads it when it is whole. Returns where it stopped, before `chunkEnd`. */
  #readSection(piece: Buffer, chunkEnd: number): number {
    const known = this.#section.length;
    const bytes = known === 0 ? piece : Buffer.concat([this.#section, piece]);
    this.#section = bytes;
    const start = this.#state === "head" ? startOf(bytes) : 0;
    const from = Math.max(start, known - sectionEnd.length);
    const end = bytes.indexOf(sectionEnd, from, "latin1");
    if (end < 0) {
      if (known === 0) this.#keepSection();
      this.#lookAtPart(start, known);
      return chunkEnd;
    }
    const text = bytes.toString("latin1", start, end);
    const rest = bytes.length - end - sectionEnd.length;
    if (this.#isTooLong(bytes, start, end)) this.#failAsTooLong(bytes, start);
    else if (this.#state === "head") this.#takeHead(text, bytes.subarray(bytes.length - rest));
    else this.#takeTrailers(text, rest === 0);
    return chunkEnd - rest;
  }

  /** What is wrong already need not be waited for. */
  #lookAtPart(start: number, known: number): void {
    const bytes = this.#section;
    if (known - start < lookedBytes) {
      const fault = this.#faultIn(bytes.toString("latin1", start, start + lookedBytes));
      if (fault !== null) return this.#fail(fault);
    }
    // All but the last byte of its end may be here, which does not count.
    const least = bytes.length - sectionEnd.length + 1;
    if (this.#isTooLong(bytes, start, least)) this.#failAsTooLong(bytes, start);
  }

  #faultIn(part: string): ExchangeError | null {
    if (this.#state === "head") return faultIn(part, false);
    return faultIn(`HTTP/1.1 200${part}`, false) === null ? null : badChunk();
  }

  /** Whether the first line, what comes before it, or the fields are longer than allowed. */
  #isTooLong(bytes: Buffer, start: number, end: number): boolean {
    const limit = this.#sectionLimit;
    if (end <= limit) return false;
    const firstEnd = Math.min(end, firstLineEnd(bytes, start));
    return Math.max(start, firstEnd - start, end - firstEnd) > limit;
  }

  /** It may have been wrong before it was too long; what comes behind that is not looked at, since it need not have come. */
  #failAsTooLong(bytes: Buffer, start: number): void {
    const limit = this.#sectionLimit;
    const firstEnd = firstLineEnd(bytes, start);
    const end = (firstEnd - start > limit ? start : firstEnd) + limit;
    const fault = start > limit ? null : this.#faultIn(bytes.toString("latin1", start, end));
    this.#fail(fault ?? tooLong());
  }

  #takeHead(text: string, rest: Buffer): void {
    const head = readHead(text);
    if (head instanceof ExchangeError) return this.#fail(head);
    const { status } = head;
    const isInterim = status >= 100 && status < 200;
    if (isInterim) this.#interimBytes += text.length + sectionEnd.length;
    if (this.#interimBytes > this.#sectionLimit) return this.#fail(tooLong());
    this.#sink.onHead(head, rest);
    if (this.#state !== "head") return this.#keepSection();
    this.#section = nothing;
    this.#hasHead = !isInterim;
    if (status === switchingProtocols) this.#state = "stopped";
    else if (!isInterim) this.#startContent(head, rest.length === 0);
  }

  /** @see RFC 9112 §6.3 */
  #startContent({ status, contentLength, isChunked }: RawHead, isClean: boolean): void {
    if (this.#isHeadOnly || status === 204 || status === 304) return this.#complete([], isClean);
    if (isChunked) {
      this.#line = "";
      this.#state = "chunkSize";
    } else if (contentLength === null) {
      this.#state = "untilClose";
    } else if (contentLength === 0) {
      this.#complete([], isClean);
    } else {
      this.#left = contentLength;
      this.#state = "counted";
    }
  }

  #readCounted(chunk: Buffer, at: number): number {
    const end = Math.min(chunk.length, at + this.#left);
    this.#left -= end - at;
    const isLast = this.#left === 0;
    const isCounted = this.#state === "counted";
    if (isLast && !isCounted) this.#state = "chunkEnd";
    this.#sink.onData(at === 0 && end === chunk.length ? chunk : chunk.subarray(at, end));
    if (isLast && isCounted && this.#state === "counted") this.#complete([], end === chunk.length);
    return end;
  }

  #readSize(chunk: Buffer, at: number): number {
    const feed = chunk.indexOf(lineFeed, at);
    const known = this.#line.length;
    this.#line += chunk.toString("latin1", at, feed < 0 ? chunk.length : feed + 1);
    if (feed < 0) {
      const isStrange = known < lookedLine && !chunkLineStart.test(this.#line.slice(0, lookedLine));
      if (isStrange || this.#line.length > longestChunkLine) this.#fail(badChunk());
      return chunk.length;
    }
    const line = this.#line.endsWith("\r\n") ? this.#line.slice(0, -2) : "\n";
    this.#line = "";
    const size = chunkLine.test(line) ? Number.parseInt(line, 16) : Number.NaN;
    if (!Number.isSafeInteger(size) || line.length > longestChunkLine) this.#fail(badChunk());
    else if (size === 0) this.#enter("trailers", lineEnd);
    else {
      this.#left = size;
      this.#state = "chunk";
    }
    return feed + 1;
  }

  #readChunkEnd(chunk: Buffer, at: number): number {
    const wanted = this.#line === "" ? carriageReturn : lineFeed;
    if (chunk[at] !== wanted) this.#fail(badChunk());
    else if (wanted === carriageReturn) this.#line = "\r";
    else {
      this.#line = "";
      this.#state = "chunkSize";
    }
    return at + 1;
  }

  /** `text` begins with a line's end, unless there is nothing in it. */
  #takeTrailers(text: string, isClean: boolean): void {
    const trailers = readTrailers(text.slice(lineEnd.length));
    if (trailers === null) this.#fail(badChunk());
    else this.#complete(trailers, isClean);
  }

  #complete(trailers: readonly string[], isClean: boolean): void {
    this.#section = nothing;
    this.#state = "idle";
    this.#sink.onComplete(trailers, isClean);
  }

  /** What was read is good for no longer than this call. */
  #keepSection(): void {
    this.#section = Buffer.from(this.#section);
  }

  #fail(error: ExchangeError): void {
    this.#keepSection();
    this.stop();
    this.#sink.onFault(error);
  }
}

/** Where a head begins: empty lines before it harm nobody. @see RFC 9112 §2.2 */
function startOf(bytes: Buffer): number {
  let at = 0;
  while (bytes[at] === carriageReturn || bytes[at] === lineFeed) at += 1;
  return at;
}

/** Where the first line ends, or what there is of it. */
function firstLineEnd(bytes: Buffer, start: number): number {
  const end = bytes.indexOf(lineEnd, start);
  return end < 0 ? bytes.length : end;
}

function badChunk(): ExchangeError {
  return new ExchangeError("BAD_CHUNK", "the chunked coding breaks the rules of HTTP/1.1");
}

function tooLong(): ExchangeError {
  return new ExchangeError("HEADER_OVERFLOW", "the fields are longer than allowed");
}
