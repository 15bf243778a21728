import { describe, expect, test } from "vitest";

import { ShedShare } from "../../src/capacity/shed-share.ts";

const limitMs = 1_000;

/** The share after each of these looks. */
function sharesAfter(share: ShedShare, lags: readonly number[], limit = limitMs): number[] {
  return lags.map((lagMs) => {
    share.look(lagMs, limit);
    return Math.round(share.value * 100) / 100;
  });
}

/** One that refuses everything. */
function full(): ShedShare {
  const share = new ShedShare();
  for (let count = 0; count < 20; count += 1) share.look(2_000, limitMs);
  return share;
}

describe("the share of requests that is refused", () => {
  test("stays at none while the gateway is in time", () => {
    expect(sharesAfter(new ShedShare(), [0, 10, 999, 1_000])).toEqual([0, 0, 0, 0]);
  });

  test("stays at none through a pause, and through two", () => {
    const pauses = [60_000, 0, 5_000, 5_000, 0, 5_000, 5_000, 1_000];

    expect(sharesAfter(new ShedShare(), pauses)).toEqual([0, 0, 0, 0, 0, 0, 0, 0]);
  });

  test("grows from the third late look on, up to all", () => {
    const lags = Array.from({ length: 9 }, () => 1_500);

    expect(sharesAfter(new ShedShare(), lags)).toEqual([0, 0, 0.2, 0.4, 0.6, 0.8, 1, 1, 1]);
  });

  test("stays as it is where the gateway just keeps up", () => {
    const share = full();

    expect(sharesAfter(share, [900, 501, 999])).toEqual([1, 1, 1]);
  });

  test("shrinks to none within five seconds when the gateway is in time again", () => {
    const looks = Array.from({ length: 10 }, () => 20);

    expect(sharesAfter(full(), looks).at(-1)).toBe(0);
    expect(sharesAfter(full(), looks)[0]).toBe(0.9);
  });

  test("grows again at once if it has not shrunk to none", () => {
    const share = full();

    expect(sharesAfter(share, [20, 20, 20, 2_000])).toEqual([0.9, 0.8, 0.7, 0.9]);
  });

  test("is none where the limit is 0, and shrinks to it when it becomes 0", () => {
    const share = full();

    expect(sharesAfter(share, [9_000, 9_000], 0)).toEqual([0.9, 0.8]);
    expect(sharesAfter(new ShedShare(), [9_000, 9_000, 9_000, 9_000], 0)).toEqual([0, 0, 0, 0]);
  });
});
