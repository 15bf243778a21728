// The request's body on its way to the origin: a stand-in for the client's stream that undici may pause and destroy as it
// likes, without ever destroying the client's connection, over which an answer must still go.

import { EventEmitter } from "node:events";

import { ExchangeError } from "../classify/exchange-error.ts";
import { type ClientRequest, isHttp2 } from "../listen/client-request.ts";
import { Deadline } from "./deadline.ts";

/** As much of a Readable as undici's writer uses. Emits `data`, `end`, `error`. */
export class RequestBody extends EventEmitter {
  readonly #source: ClientRequest;
  readonly #writeMs: number;
  readonly #idleMs: number;
  readonly #onBytes: (count: number) => void;
  /** Runs while somebody has to move: the origin when paused, else the client. */
  readonly #deadline = new Deadline();
  #isDetached = false;
  isPaused = false;
  #isAnswered = false;
  destroyed = false;
  /** undici looks here before it waits for `end`: a body without a byte may be over before it listens. */
  readableEnded = false;

  /** `writeMs`: how long the origin may take no byte at all; `idleMs`: how long the client may send none. */
  constructor(
    source: ClientRequest,
    { writeMs, idleMs }: { writeMs: number; idleMs: number },
    onBytes: (count: number) => void,
  ) {
    super();
    this.#source = source;
    this.#writeMs = writeMs;
    this.#idleMs = idleMs;
    this.#onBytes = onBytes;
    source.on("data", this.#onData);
    source.on("end", this.#onEnd);
    source.pause();
  }

  /** Whether fields may come after the content. */
  get mayHaveTrailers(): boolean {
    return isHttp2(this.#source) || this.#source.headers["transfer-encoding"] !== undefined;
  }

  /** The fields that came after the content, names and values in turn; known at the `end`. */
  get rawTrailers(): readonly string[] {
    return this.#source.rawTrailers;
  }

  /** What tells undici that this is a stream; it reads by events and never pipes. */
  pipe(): never {
    throw new TypeError("RequestBody is read by its events");
  }

  pause(): this {
    if (this.#isDetached) return this;
    this.#source.pause();
    this.isPaused = true;
    this.#wait(this.#writeMs, "WRITE_DEADLINE", "the origin took no byte of the request");
    return this;
  }

  resume(): this {
    if (this.#isDetached) return this;
    this.#source.resume();
    this.isPaused = false;
    if (this.#isAnswered) this.#deadline.end();
    else this.#wait(this.#idleMs, "CLIENT_LEFT", "the client sent no byte of the request");
    return this;
  }

  /** The response has begun: from here on the client may be silent for as long as the origin has something to say. */
  answered(): void {
    this.#isAnswered = true;
    if (!this.isPaused) this.#deadline.end();
  }

  /** Lets go of the client's stream, which stays paused where it is. */
  destroy(): this {
    if (this.#isDetached) return this;
    this.#isDetached = true;
    this.destroyed = true;
    this.#deadline.end();
    this.#source.off("data", this.#onData);
    this.#source.off("end", this.#onEnd);
    this.#source.pause();
    return this;
  }

  readonly #onData = (chunk: Buffer): void => {
    this.#deadline.refresh();
    this.#onBytes(chunk.length);
    if (this.#isDetached) return; // They were too many.
    this.emit("data", chunk);
  };

  readonly #onEnd = (): void => {
    this.#deadline.end();
    this.readableEnded = true;
    this.emit("end");
  };

  #wait(milliseconds: number, code: "WRITE_DEADLINE" | "CLIENT_LEFT", message: string): void {
    this.#deadline.start(milliseconds, () => {
      this.emit("error", new ExchangeError(code, `${message} for ${milliseconds} ms`));
    });
  }
}
