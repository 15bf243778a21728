// The request's body on its way to the origin: a stand-in for the client's stream that whoever writes may pause and destroy as it
// likes, without ever destroying the client's connection, over which an answer must still go.

import { EventEmitter } from "node:events";

import { ExchangeError } from "../classify/exchange-error.ts";
import { type ClientRequest, isHttp2 } from "../listen/client-request.ts";
import type { BodyCopy } from "./body-copy.ts";
import { Deadline } from "./deadline.ts";

/** Bytes of a copy that are sent at a time: no more than a read of the client's connection brings. */
const pieceBytes = 65_536;

/** How long a body may stand still, and what becomes of it besides. */
export interface BodyOptions {
  /** Milliseconds for which the origin may take no byte at all. */
  readonly writeMs: number;
  /** Milliseconds for which the client may send none. */
  readonly idleMs: number;
  /** What was read before, which comes first, and gets what is read from now on; null where none is kept. */
  readonly copy: BodyCopy | null;
}

/** As much of a Readable as a writer needs. Emits `data`, `end`, `error`. */
export class RequestBody extends EventEmitter {
  readonly #source: ClientRequest;
  readonly #writeMs: number;
  readonly #idleMs: number;
  readonly #onBytes: (count: number) => void;
  readonly #copy: BodyCopy | null;
  /** What is to be sent again. */
  #again: Buffer | null;
  /** Nothing comes from the client yet: there is something to send again, or the client has sent all there is. */
  #isBehind: boolean;
  /** Runs while somebody has to move: the origin when paused, else the client. */
  readonly #deadline = new Deadline();
  #isDetached = false;
  isPaused = false;
  #isAnswered = false;
  /** Look here before waiting for `end`: a body without a byte may be over before anybody listens. */
  readableEnded = false;

  /** `onBytes` hears of each byte that is read from the client, and of none twice. */
  constructor(
    source: ClientRequest,
    { writeMs, idleMs, copy }: BodyOptions,
    onBytes: (count: number) => void,
  ) {
    super();
    this.#source = source;
    this.#writeMs = writeMs;
    this.#idleMs = idleMs;
    this.#onBytes = onBytes;
    this.#copy = copy;
    this.#again = copy?.bytes ?? null;
    this.#isBehind = (this.#again?.length ?? 0) > 0 || source.readableEnded;
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

  pause(): this {
    if (this.#isDetached) return this;
    this.#source.pause();
    this.isPaused = true;
    this.#wait(this.#writeMs, "WRITE_DEADLINE", "the origin took no byte of the request");
    return this;
  }

  resume(): this {
    if (this.#isDetached) return this;
    this.isPaused = false;
    if (this.#isAnswered) this.#deadline.end();
    else this.#wait(this.#idleMs, "CLIENT_LEFT", "the client sent no byte of the request");
    // A moment later: a writer may ask for content before it listens for everything.
    if (this.#isBehind) queueMicrotask(() => this.#catchUp());
    else this.#source.resume();
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
    this.#again = null;
    this.#deadline.end();
    this.#source.off("data", this.#onData);
    this.#source.off("end", this.#onEnd);
    this.#source.pause();
    return this;
  }

  readonly #onData = (chunk: Buffer): void => {
    this.#deadline.refresh();
    this.#copy?.add(chunk);
    this.#onBytes(chunk.length);
    if (this.#isDetached) return; // They were too many.
    this.emit("data", chunk);
  };

  readonly #onEnd = (): void => {
    if (this.#isBehind) return;
    this.#deadline.end();
    this.readableEnded = true;
    this.emit("end");
  };

  /** Sends again what was sent before, at the origin's pace; then the client goes on, unless that was all. */
  #catchUp(): void {
    if (!this.#isBehind) return;
    while (!this.isPaused && this.#again !== null && this.#again.length > 0) {
      const piece = this.#again.subarray(0, pieceBytes);
      this.#again = this.#again.subarray(pieceBytes);
      this.emit("data", piece);
    }
    if (this.isPaused || this.#isDetached) return;
    this.#isBehind = false;
    if (this.#source.readableEnded) this.#onEnd();
    else this.#source.resume();
  }

  #wait(milliseconds: number, code: "WRITE_DEADLINE" | "CLIENT_LEFT", message: string): void {
    this.#deadline.start(milliseconds, () => {
      this.emit("error", new ExchangeError(code, `${message} for ${milliseconds} ms`));
    });
  }
}
