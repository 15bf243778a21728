// The seconds before this page was opened, counted from the exchanges that the gateway has kept.

import type { Summary } from "../api/types.ts";
import { type Second, secondOf } from "./second.ts";

/** Counts what was kept, newest first, as far back as nothing is missing, and up to a time in milliseconds. */
export function pastSeconds(list: readonly Summary[], untilMs: number): Second[] {
  const newest = list[0]?.seq ?? 0;
  const gap = list.findIndex(({ seq }, at) => seq !== newest - at);
  const known = gap < 0 ? list : list.slice(0, gap);
  const oldest = known.at(-1);
  if (oldest === undefined) return [];
  // Of the oldest second a part may be missing.
  const fromSecond = secondAt(oldest.time) + (oldest.seq === 1 ? 0 : 1);
  const bySecond = new Map<number, Summary[]>();
  for (const one of known.toReversed()) {
    const at = secondAt(one.time);
    if (at < fromSecond || one.time >= untilMs) continue;
    bySecond.set(at, [...(bySecond.get(at) ?? []), one]);
  }
  return [...bySecond].map(([at, those]) =>
    secondOf({ statuses: countBy(those, "status"), codes: countBy(those, "code") }, at),
  );
}

function secondAt(timeMs: number): number {
  return Math.floor(timeMs / 1_000);
}

function countBy(those: readonly Summary[], key: "status" | "code"): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { [key]: value } of those)
    if (value !== null) counts[value] = (counts[value] ?? 0) + 1;
  return counts;
}
