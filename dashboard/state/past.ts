// The seconds before this page was opened, counted from the exchanges that the gateway has kept.

import type { ExchangeList, Summary } from "../api/types.ts";
import { type Second, secondOf } from "./second.ts";

/** Counts what was kept, newest first, as far back as nothing is missing, and up to a time in milliseconds. */
export function pastSeconds(
  list: readonly Summary[],
  { completeFrom, oldest }: Pick<ExchangeList, "completeFrom" | "oldest">,
  untilMs: number,
): Second[] {
  const known = list.filter(({ seq }) => seq >= completeFrom);
  const first = known.at(-1);
  if (first === undefined) return [];
  const isWhole = completeFrom === 0 && first.seq === oldest;
  // Of the oldest second a part may be missing.
  const fromSecond = secondAt(first.time) + (isWhole ? 0 : 1);
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
