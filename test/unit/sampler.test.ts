import { describe, expect, test } from "vitest";

import { Sampler } from "../../src/admin/sampler.ts";

const exchange = (seq: number, isFailed = false) => ({ seq, failure: isFailed ? {} : null });
const seqs = (list: readonly { readonly seq: number }[]) => list.map(({ seq }) => seq);

describe("the sampler", () => {
  test("shows everything in its order, a few at a time, while there is little", () => {
    const sampler = new Sampler(50);
    for (let seq = 1; seq <= 7; seq += 1) sampler.offer(exchange(seq));

    const shown = [sampler.take(5), sampler.take(5), sampler.take(5)].map(seqs);

    expect(shown).toEqual([[1, 2, 3, 4, 5], [6, 7], []]);
  });

  test("shows errors first", () => {
    const sampler = new Sampler(50);
    for (let seq = 1; seq <= 20; seq += 1) sampler.offer(exchange(seq, seq > 17));

    expect(seqs(sampler.take(5))).toEqual([1, 2, 18, 19, 20]);
  });

  test("thins evenly what is too much, and errors last of all", () => {
    const sampler = new Sampler(10);
    for (let seq = 1; seq <= 1_000; seq += 1) sampler.offer(exchange(seq, seq % 200 === 0));

    const shown = seqs(sampler.take(100));

    expect(shown).toHaveLength(10);
    expect(shown).toEqual(expect.arrayContaining([200, 400, 600, 800, 1_000]));
  });

  test("holds a bounded number, whatever comes", () => {
    const sampler = new Sampler(10);
    for (let seq = 1; seq <= 5_000; seq += 1) sampler.offer(exchange(seq, true));

    const shown = seqs(sampler.take(5_000));

    expect(shown).toHaveLength(10);
    expect((shown.at(-1) ?? 0) - (shown[0] ?? 0)).toBeGreaterThan(5);
  });
});
