// One wait at a time, each with an end.

import { clearTimeout, setImmediate, setTimeout } from "node:timers";

/** A timer for whatever is being waited for now. */
export class Deadline {
  #timer: NodeJS.Timeout | null = null;
  /** Of how many waits this is the next. */
  #wait = 0;

  /**
   * Starts a wait in place of the one before. A busy process may be late, and what it waits for be here already, unread: that is
   * read before the wait is over.
   */
  start(milliseconds: number, onDue: () => void): void {
    this.end();
    const due = (): void => {
      const wait = this.#wait;
      setImmediate(() => {
        if (wait === this.#wait) onDue();
      });
    };
    this.#timer = setTimeout(due, milliseconds);
  }

  /** Something moved: the wait starts over. */
  refresh(): void {
    this.#wait += 1;
    this.#timer?.refresh();
  }

  end(): void {
    this.#wait += 1;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }
}
