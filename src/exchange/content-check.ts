// Reads along with compressed content, to see that it can be decompressed: a CDN answers 502 where it cannot.
// The content itself is passed on as it came.

import {
  createBrotliDecompress,
  createGunzip,
  createInflate,
  createInflateRaw,
  type Gunzip,
} from "node:zlib";

import { ExchangeError } from "../classify/exchange-error.ts";
import type { ResponseHead } from "./response-head.ts";

type Decoder = Pick<Gunzip, "write" | "end" | "on" | "once" | "resume" | "destroy">;

/** Statuses whose content is whole: of a range (206) nothing can be said. */
const partialContent = 206;

/** The low four bits of a zlib header's first byte. @see RFC 1950 §2.2 */
const zlibMethod = 8;

/** Decoders by content coding (RFC 9110 §8.4.1); lists of codings, and those Node cannot decode, go unchecked. */
const decoders: Readonly<Record<string, (firstByte: number) => Decoder>> = {
  gzip: () => createGunzip(),
  "x-gzip": () => createGunzip(),
  br: () => createBrotliDecompress(),
  // Many origins send raw deflate under this name; a zlib header can be told by its first byte.
  deflate: (firstByte) =>
    (firstByte & 0x0f) === zlibMethod ? createInflate() : createInflateRaw(),
};

/** A check for a response's content; null where there is none to check. */
export function contentCheckFor(
  head: ResponseHead,
  method: string | undefined,
): ContentCheck | null {
  if (
    head.contentCoding === "" ||
    method === "HEAD" ||
    head.status === 204 ||
    head.status === 304 ||
    head.status === partialContent
  )
    return null;
  const create = Object.hasOwn(decoders, head.contentCoding)
    ? decoders[head.contentCoding]
    : undefined;
  return create === undefined ? null : new ContentCheck(head.contentCoding, create);
}

/** Checks one response's content, piece by piece. Holds no content, only the decoder's state. */
export class ContentCheck {
  readonly #coding: string;
  readonly #create: (firstByte: number) => Decoder;
  #decoder: Decoder | null = null;
  #error: ExchangeError | null = null;
  /** The decoder has found the content's end, or an error. */
  #isThrough = false;
  #done: ((error: ExchangeError | null) => void) | null = null;

  constructor(coding: string, create: (firstByte: number) => Decoder) {
    this.#coding = coding;
    this.#create = create;
  }

  /** Calls back, once, when the piece has been decoded, or with what is wrong with it. */
  check(piece: Buffer, done: (error: ExchangeError | null) => void): void {
    this.#decoder ??= this.#start(piece[0] ?? 0);
    if (this.#isThrough) return done(this.#error); // Bytes after the content's end harm nobody: decoders pass over them.
    this.#done = done;
    this.#decoder.write(piece, (error?: Error | null) => {
      if (!error) this.#finish(); // An error has its own event, which says more.
    });
  }

  /** Calls back when the content's end has been found where it should be. Content of no bytes at all is fine. */
  end(done: (error: ExchangeError | null) => void): void {
    if (this.#decoder === null || this.#isThrough) return done(this.#error);
    this.#done = done;
    this.#decoder.end();
  }

  close(): void {
    this.#done = null;
    this.#decoder?.destroy();
  }

  #start(firstByte: number): Decoder {
    const decoder = this.#create(firstByte);
    decoder.on("error", (error: NodeJS.ErrnoException) => {
      const isCut = error.code === "Z_BUF_ERROR";
      this.#error = new ExchangeError(
        isCut ? "CONTENT_TRUNCATED" : "CONTENT_CORRUPT",
        `the ${this.#coding} content ${isCut ? "lacks its end" : "cannot be decoded"} (${error.message})`,
      );
      this.#isThrough = true;
      this.#finish();
    });
    decoder.once("end", () => {
      this.#isThrough = true;
      this.#finish();
    });
    decoder.resume(); // What comes out is of no interest.
    return decoder;
  }

  #finish(): void {
    const done = this.#done;
    this.#done = null;
    done?.(this.#error);
  }
}
