// One second of the clock, in numbers.

import type { Tick } from "../api/types.ts";

/** How many were passed on well, how many with an error of the origin's own, and how many got which code. */
export interface Second {
  /** Seconds since the epoch. */
  readonly at: number;
  readonly passed: number;
  readonly originErrors: number;
  readonly codes: ReadonlyMap<string, number>;
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

/** A stretch between two ticks that is longer, in seconds, is one in which nobody counted before its last second. */
const longestStretch = 3;

/** Shares the counts of a stretch of time out to the seconds that it covers, so that none is lost and none is shown twice. */
export function splitBySecond(counts: Second, before: number, to: number): Second[] {
  const from = to - before > longestStretch ? to - 1 : before;
  const parts: Second[] = [];
  let left = counts;
  for (let at = Math.floor(from); at < to; at++) {
    const start = Math.max(from, at);
    const share = Math.min(1, (at + 1 - start) / (to - start));
    const part = mapCounts(left, (count) => Math.round(count * share));
    parts.push({ ...part, at });
    left = combine(left, part, -1);
  }
  return parts;
}

/** Adds a second to others, in their order: it may be there in part. */
export function addSecond(others: readonly Second[], one: Second): readonly Second[] {
  const there = others.find(({ at }) => at === one.at);
  if (there === undefined) return [...others, one].toSorted((left, right) => left.at - right.at);
  return others.map((other) => (other === there ? combine(other, one, 1) : other));
}

function combine(one: Second, other: Second, sign: 1 | -1): Second {
  const names = new Set([...one.codes.keys(), ...other.codes.keys()]);
  const sum = (code: string) => (one.codes.get(code) ?? 0) + sign * (other.codes.get(code) ?? 0);
  return {
    at: one.at,
    passed: one.passed + sign * other.passed,
    originErrors: one.originErrors + sign * other.originErrors,
    codes: new Map([...names].map((code) => [code, sum(code)] as const).filter(([, n]) => n > 0)),
  };
}

function mapCounts({ at, passed, originErrors, codes }: Second, change: (count: number) => number) {
  return {
    at,
    passed: change(passed),
    originErrors: change(originErrors),
    codes: new Map([...codes].map(([code, count]) => [code, change(count)])),
  };
}
