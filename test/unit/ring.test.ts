import { describe, expect, test } from "vitest";

import { Ring } from "../../src/record/ring.ts";

const item = (name: string, bytes = 1) => ({ name, bytes });
const namesIn = (ring: Ring<{ name: string; bytes: number }>) =>
  Array.from({ length: ring.length }, (_, index) => ring.at(index)?.name);

describe("a ring", () => {
  test("holds no more than it may, and drops the oldest", () => {
    const ring = new Ring<{ name: string; bytes: number }>(3, 1_000);

    for (const name of "abcdefgh") ring.add(item(name));

    expect(namesIn(ring)).toEqual(["f", "g", "h"]);
    expect(ring.dropped).toBe(5);
    expect([ring.at(-1), ring.at(3)]).toEqual([undefined, undefined]);
  });

  test("holds no more bytes than it may, but always the last", () => {
    const ring = new Ring<{ name: string; bytes: number }>(10, 100);

    for (const [name, bytes] of [
      ["a", 40],
      ["b", 40],
      ["c", 40],
    ] as const)
      ring.add(item(name, bytes));
    const before = namesIn(ring);
    ring.add(item("large", 500));

    expect(before).toEqual(["b", "c"]);
    expect(namesIn(ring)).toEqual(["large"]);
  });
});
