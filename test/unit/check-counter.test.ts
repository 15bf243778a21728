// How checks in a row become verdicts, and how an origin that goes up and down is kept out.

import { describe, expect, test } from "vitest";

import { CheckCounter } from "../../src/health/check-counter.ts";

/** The verdict after each check; `+` is a good one, `-` a failed one. */
function verdicts(checks: string, consecutiveUp = 1, consecutiveDown = 1): string {
  const counter = new CheckCounter({ consecutiveUp, consecutiveDown });
  return checks
    .split("")
    .map((check) => counter.add(check === "+"))
    .map((isHealthy) => (isHealthy === null ? "?" : isHealthy ? "u" : "d"))
    .join("");
}

describe("a verdict", () => {
  test.each([
    ["+", 1, 1, "u"],
    ["-", 1, 1, "d"],
    ["+-", 1, 1, "ud"],
    ["++--", 2, 2, "?uud"],
    ["-+-+--", 2, 2, "?????d"],
    ["+--+---", 1, 3, "uuuuuud"],
    ["---+++", 3, 1, "dddddu"],
  ])("after %s (up %i, down %i) is %s", (checks, up, down, expected) => {
    expect(verdicts(checks, up, down)).toBe(expected);
  });
});

describe("an origin that goes up and down", () => {
  test("comes back once at the first good check, and then has to behave for longer each time", () => {
    expect(verdicts("+-+-++-++++-++++++++")).toBe("ududdudddduddddddddu");
  });

  test("with every other check failed, is out for good after the second time", () => {
    const seen = verdicts("+-".repeat(50));

    expect(seen.slice(4)).toBe("d".repeat(96));
  });

  test("is trusted as at first once it has stayed up", () => {
    const seen = verdicts(`+-+${"+".repeat(12)}-+`);

    expect(seen.endsWith("du")).toBe(true);
  });
});
