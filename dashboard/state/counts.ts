// Counts of the last five minutes, second by second. They are whole: ticks count every request, listed or not.

import { computed, signal } from "@preact/signals";

import type { Tick } from "../api/types.ts";

/** How far back counts go, in seconds. */
export const windowSeconds = 300;

/** One second: how many were passed on well, how many with an error of the origin's own, and how many got which code. */
export interface Second {
  /** Seconds since the epoch. */
  readonly at: number;
  readonly passed: number;
  readonly originErrors: number;
  readonly codes: ReadonlyMap<string, number>;
}

/** The seconds that are known, oldest first. */
export const seconds = signal<readonly Second[]>([]);

/** The last seconds as they were told of, the newest last. */
const lastTicks = signal<readonly Tick[]>([]);

/** The last second in numbers. */
export const lastTick = computed<Tick | null>(() => lastTicks.value.at(-1) ?? null);

/** How much of the last seconds the list was sent; null while it is sent everything. */
export const sampled = computed(() => {
  const shown = sumOf(lastTicks.value, "shown");
  const requests = sumOf(lastTicks.value, "requests");
  // What has just come may still wait for its turn; and ticks count what a filter leaves out.
  const isBusy = lastTicks.value.some((tick) => tick.shown >= mostShown);
  return isBusy && shown < requests ? { shown, requests, seconds: lastTicks.value.length } : null;
});

/** Over so many seconds the sample is looked at. */
const sampleSeconds = 5;

/** The stream sends no more exchanges in a second. */
const mostShown = 50;

/** Codes of the window, the most frequent first, with their sums. */
export const codeTotals = computed<readonly (readonly [code: string, count: number])[]>(() => {
  const totals = new Map<string, number>();
  for (const { codes } of seconds.value)
    for (const [code, count] of codes) totals.set(code, (totals.get(code) ?? 0) + count);
  return [...totals].toSorted(([, one], [, other]) => other - one);
});

/** Takes the count of a second. */
export function addTick(tick: Tick): void {
  aheadMs = tick.time - Date.now();
  const at = Math.floor(tick.time / 1_000);
  seconds.value = [
    ...seconds.value.filter((one) => one.at < at && one.at > at - windowSeconds),
    secondOf(tick, at),
  ];
  lastTicks.value = [...lastTicks.value, tick].slice(-sampleSeconds);
}

/** Takes the seconds from before this page was opened. */
export function addPast(past: readonly Second[]): void {
  const first = seconds.peek()[0]?.at ?? Number.POSITIVE_INFINITY;
  seconds.value = [...past.filter(({ at }) => at < first), ...seconds.peek()];
}

/** The gateway's clock, in seconds since the epoch: it may not be the reader's. */
export function now(): number {
  return Math.floor((Date.now() + aheadMs) / 1_000);
}

let aheadMs = 0;

function sumOf(ticks: readonly Tick[], key: "shown" | "requests"): number {
  return ticks.reduce((sum, tick) => sum + tick[key], 0);
}

/** A second by its counts. */
export function secondOf(
  { statuses, codes }: Pick<Tick, "statuses" | "codes">,
  at: number,
): Second {
  let passed = 0;
  let failed = 0;
  for (const [status, count] of Object.entries(statuses)) {
    if (Number(status) < 400) passed += count;
    else failed += count;
  }
  const byCode = new Map(Object.entries(codes).filter(([, count]) => count > 0));
  const answered = [...byCode.values()].reduce((sum, count) => sum + count, 0);
  // A late failure has a code, but its status had been sent: it is not among the failed ones.
  return { at, passed, originErrors: Math.max(0, failed - answered), codes: byCode };
}
