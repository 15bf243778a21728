import { describe, expect, test } from "vitest";

import { pastSeconds } from "../../dashboard/state/past.ts";
import { addSecond, type Second, secondOf, splitBySecond } from "../../dashboard/state/second.ts";
import type { Summary } from "../../src/admin/schemas.ts";

const counts = (at: number, passed: number, codes: Record<string, number> = {}): Second => ({
  at,
  passed,
  originErrors: 0,
  codes: new Map(Object.entries(codes)),
});

const ended = (seq: number, time: number) => ({ seq, time, status: 200, code: null }) as Summary;

describe("the counts of a tick", () => {
  test("tell what was passed on from errors of the origin's own and from codes", () => {
    const second = secondOf({ statuses: { 200: 5, 404: 2, 521: 1 }, codes: { 521: 1 } }, 7);

    expect(second).toEqual({ ...counts(7, 5, { 521: 1 }), originErrors: 2 });
  });

  test("are shared out to the seconds that the tick covers", () => {
    expect(splitBySecond(counts(0, 100, { 521: 10 }), 10.25, 11.25)).toEqual([
      counts(10, 75, { 521: 8 }),
      counts(11, 25, { 521: 2 }),
    ]);
  });

  test("lose nothing, however late the ticks are", () => {
    const ticks = Array.from({ length: 50 }, (_, at) => [at * 1.09, (at + 1) * 1.09] as const);

    const seconds = ticks
      .flatMap(([from, to]) => splitBySecond(counts(0, 7), from, to))
      .reduce(addSecond, [] as readonly Second[]);

    expect(seconds.reduce((sum, { passed }) => sum + passed, 0)).toBe(350);
    expect(seconds.map(({ at }) => at)).toEqual(Array.from({ length: 55 }, (_, at) => at));
  });

  test("are of the last second when the stream was down before it", () => {
    expect(splitBySecond(counts(0, 4), 10, 60)).toEqual([counts(59, 4)]);
  });
});

describe("the past", () => {
  test("is counted as far back as nothing is missing", () => {
    const kept = [
      ended(9, 5_100),
      ended(8, 4_200),
      ended(7, 4_100),
      ended(6, 3_900),
      ended(2, 900),
    ];

    expect(pastSeconds(kept, { completeFrom: 6, oldest: 2 }, 6_000)).toEqual([
      counts(4, 2),
      counts(5, 1),
    ]);
  });

  test("begins with the first exchange where everything is there", () => {
    const kept = [ended(40, 1_500), ended(17, 1_100)];

    expect(pastSeconds(kept, { completeFrom: 0, oldest: 17 }, 6_000)).toEqual([counts(1, 2)]);
  });
});
