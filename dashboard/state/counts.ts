// Counts of the last five minutes, second by second. They are whole: ticks count every request, listed or not.

import { computed, signal } from "@preact/signals";

import type { Tick } from "../api/types.ts";
import { addSecond, type Second, secondOf, splitBySecond } from "./second.ts";

/** How far back counts go, in seconds. */
export const windowSeconds = 300;

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

/** Takes the counts since the tick before: of about a second, which may belong to two of the clock's. */
export function addTick(tick: Tick): void {
  aheadMs = tick.time - Date.now();
  const before = lastTick.peek()?.time ?? tick.time - 1_000;
  const parts = splitBySecond(secondOf(tick, 0), before / 1_000, tick.time / 1_000);
  seconds.value = parts
    .reduce(addSecond, seconds.peek())
    .filter(({ at }) => at > tick.time / 1_000 - windowSeconds);
  lastTicks.value = [...lastTicks.peek(), tick].slice(-sampleSeconds);
}

/** Takes the seconds from before this page was opened. */
export function addPast(past: readonly Second[]): void {
  seconds.value = past.reduce(addSecond, seconds.peek());
}

/** The gateway's clock, in seconds since the epoch: it may not be the reader's. */
export function now(): number {
  return Math.floor((Date.now() + aheadMs) / 1_000);
}

let aheadMs = 0;

function sumOf(ticks: readonly Tick[], key: "shown" | "requests"): number {
  return ticks.reduce((sum, tick) => sum + tick[key], 0);
}
