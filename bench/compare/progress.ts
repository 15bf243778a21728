// One line on stderr for every step: what is done now, and how long the rest may take.

import type { Case } from "./case.ts";
import type { BenchOptions } from "./options.ts";

/** Seconds that starting a contestant and ending a step take besides. */
const startSeconds = 1.5;
const stepSeconds = 0.1;

/** Tells of steps. On a terminal each takes the place of the one before. */
export class Progress {
  readonly #total: number;
  readonly #startedAt = performance.now();

  constructor(cases: readonly Case[], { peers, rounds, seconds, warmUp }: BenchOptions) {
    const ofCase = ({ contestants, longer = 1 }: Case): number => {
      const count = contestants.filter(({ peer }) => peers?.includes(peer) ?? true).length;
      return count * (startSeconds + warmUp * longer + rounds * (seconds * longer + stepSeconds));
    };
    this.#total = cases.reduce((sum, one) => sum + ofCase(one), 0);
  }

  readonly tell = (what: string): void => {
    const goneSeconds = (performance.now() - this.#startedAt) / 1_000;
    const left = Math.max(0, Math.ceil((this.#total - goneSeconds) / 60));
    const line = `bench: ${what}; about ${left} min left`;
    process.stderr.write(process.stderr.isTTY ? `\r\u001B[K${line}` : `${line}\n`);
  };

  /** Leaves the line. */
  end(): void {
    if (process.stderr.isTTY) process.stderr.write("\r\u001B[K");
  }
}
