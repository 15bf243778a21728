// One wait at a time, each with an end.

import { clearTimeout, setTimeout } from "node:timers";

/** A timer for whatever is being waited for now. */
export class Deadline {
  #timer: NodeJS.Timeout | null = null;

  /** Starts a wait in place of the one before. */
  start(milliseconds: number, onDue: () => void): void {
    this.end();
    this.#timer = setTimeout(onDue, milliseconds);
  }

  /** Something moved: the wait starts over. */
  refresh(): void {
    this.#timer?.refresh();
  }

  end(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }
}
