// The rest of a response that nobody wants: read and thrown away while it is little, so that its connection can be used again.

import { Deadline } from "./deadline.ts";

/** More bytes, or a longer wait, cost more than a new connection does. */
const mostBytes = 65_536;
const longestMs = 1_000;

/** Takes content until its end. Exactly one of `onEnd` and `onGivenUp` is called. */
export class Drain {
  readonly #onEnd: () => void;
  readonly #onGivenUp: () => void;
  readonly #deadline = new Deadline();
  #bytes = 0;
  #isOver = false;

  constructor(onEnd: () => void, onGivenUp: () => void) {
    this.#onEnd = onEnd;
    this.#onGivenUp = onGivenUp;
    this.#deadline.start(longestMs, () => this.giveUp());
  }

  push(chunk: Buffer): void {
    this.#bytes += chunk.length;
    if (this.#bytes > mostBytes) this.giveUp();
  }

  /** The content has come to its end. */
  end(): void {
    if (this.#close()) this.#onEnd();
  }

  /** It is too much, or breaks off. */
  giveUp(): void {
    if (this.#close()) this.#onGivenUp();
  }

  /** False if it was over before. */
  #close(): boolean {
    const wasOpen = !this.#isOver;
    this.#isOver = true;
    this.#deadline.end();
    return wasOpen;
  }
}
