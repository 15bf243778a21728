// How far the event loop is behind: a timer that looks how late it is itself. What waits in the loop waits for as long.

import { clearTimeout, setTimeout } from "node:timers";

/** How often it looks, in milliseconds. */
export const sampleMs = 500;

/** Looks at the clock. */
export class LoopLag {
  /** How late the last look was, in milliseconds. */
  lagMs = 0;
  readonly #onSample: (lagMs: number) => void;
  #timer: NodeJS.Timeout | null = null;

  /** `onSample` is called after each look. */
  constructor(onSample: (lagMs: number) => void) {
    this.#onSample = onSample;
  }

  start(): void {
    this.#timer ??= this.#lookLater();
  }

  close(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    this.lagMs = 0;
  }

  #lookLater(): NodeJS.Timeout {
    const dueAt = performance.now() + sampleMs;
    const look = (): void => {
      this.lagMs = Math.max(0, performance.now() - dueAt);
      this.#timer = this.#lookLater();
      this.#onSample(this.lagMs);
    };
    return setTimeout(look, sampleMs).unref();
  }
}
