import { describe, expect, test } from "vitest";

import { Gathering } from "../../src/exchange/gathering.ts";

describe("a gathering", () => {
  test("keeps back less than its limit, and gives all once it is reached", () => {
    const gathering = new Gathering(10);

    const results = ["abcd", "efgh", "i", "jk", "l"].map(
      (piece) => gathering.add(Buffer.from(piece))?.toString() ?? null,
    );

    expect(results).toEqual([null, null, null, "abcdefghijk", null]);
    expect([gathering.size, gathering.take()?.toString(), gathering.take()]).toEqual([
      1,
      "l",
      null,
    ]);
  });

  test("passes a piece as large as the limit as it is", () => {
    const piece = Buffer.alloc(10);

    expect(new Gathering(10).add(piece)).toBe(piece);
  });

  test("copies, so that a small piece does not keep a large one alive", () => {
    const gathering = new Gathering(100_000);
    const large = Buffer.alloc(60_000, "a");

    gathering.add(large.subarray(0, 3));
    large.fill("b");

    expect(gathering.take()?.toString()).toBe("aaa");
  });

  test("puts pieces of every size together in their order", () => {
    const gathering = new Gathering(10_000);
    const pieces = Array.from({ length: 300 }, (_, index) => Buffer.alloc(index, index));

    const given = pieces.map((piece) => gathering.add(piece)).filter((bytes) => bytes !== null);
    const rest = gathering.take() ?? Buffer.alloc(0);

    expect(given.length).toBeGreaterThan(2);
    expect(Buffer.concat([...given, rest]).equals(Buffer.concat(pieces))).toBe(true);
  });
});
