import { describe, expect, test } from "vitest";

import { countLoops } from "../../src/identify/loops.ts";

describe("CDN-Loop", () => {
  test.each([
    ["edgecase", 1],
    ["edgecase, edgecase", 2],
    ["edgecase,EdgeCase\t; v=1 ,other", 2],
    ['edgecase; v="1, edgecase, 2"', 1],
    [String.raw`other; a="x\", edgecase", edgecase`, 1],
    ['other; a="", edgecase; b=c; d="e"', 1],
    ["edgecase.example, edgecase:8080, not-edgecase", 0],
    ["", 0],
    [",, ,edgecase,", 1],
    ['other; a="unclosed, edgecase, edgecase', 2],
    [String.raw`other; a="closed" , x; b="escaped\", edgecase`, 1],
  ])("of %j bears the name %i times", (field, count) => {
    expect(countLoops(field)).toBe(count);
  });

  test("of quotes alone is read in a time that grows with its length only", () => {
    const hostile = String.raw`a="\"`.repeat(25_000);
    const startedAt = performance.now();

    countLoops(hostile);

    expect(performance.now() - startedAt).toBeLessThan(200);
  });
});
