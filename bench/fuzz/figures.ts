// What came of a run of the fuzzer, counted.

import type { Holding } from "./gate.ts";

/** Counts. */
export class Figures {
  /** Responses that were damaged, and those that were not. */
  damaged = 0;
  good = 0;
  /** Good ones that were lost to what a bad one had left on their connection: to a failure, never to a wrong answer. */
  lost = 0;
  /** Responses that were sent a second time, cut elsewhere, and judged as the first time. */
  compared = 0;
  /** The longest that one took. */
  slowestMs = 0;
  /** What the gateway's process held before, and when all was over. */
  readonly held: Holding[] = [];
  /** Failures and reasons, or `passed on`, by how often. */
  readonly verdicts = new Map<string, number>();

  /** Counts what a damaged response was taken for. */
  judged(verdict: string, tookMs: number): void {
    this.damaged += 1;
    this.verdicts.set(verdict, (this.verdicts.get(verdict) ?? 0) + 1);
    this.slowestMs = Math.max(this.slowestMs, tookMs);
  }
}
