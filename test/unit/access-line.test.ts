import { describe, expect, test } from "vitest";

import { edgeFailure } from "../../src/classify/edge-failure.ts";
import { accessLine } from "../../src/record/access-log.ts";
import { contextWithoutSocket } from "../helpers/unprovoked.ts";

/** Texts that a line must survive. */
const hostile = [
  ["quotes", 'a"b\\"c\\'],
  ["line ends", "a\r\nb\nc"],
  ["control characters", "\u0000\u0007\u001b[31mred\u007f"],
  ["C1 control characters, which terminals obey", "\u009b31mred\u0085next"],
  ["line separators", "a\u2028b\u2029c"],
  ["half a character", "\ud83d and \ude00"],
  ["an object's end", '"},{"level":50,"status":200'],
] as const;

/** The line of a request with this host, path and detail. */
function lineFor(text: string): string {
  const context = contextWithoutSocket(`/${text}?secret=1`, text);
  context.failure = edgeFailure("destination_not_found", text);
  return accessLine(context, 1_700_000_000_000, 12.345);
}

describe("an access line", () => {
  test.each(hostile)("is one line of JSON with %s in host, path and detail", (_name, text) => {
    const line = lineFor(text);

    expect(line.endsWith("}\n")).toBe(true);
    expect(line.trimEnd().split("\n").length).toBe(1);
    expect(JSON.parse(line)).toMatchObject({
      level: 40,
      status: 0,
      failure: "destination_not_found",
    });
  });

  test.each(hostile)("holds no %s as they are", (_name, text) => {
    const line = lineFor(text).slice(0, -1);

    expect(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\ud800-\udfff]/.exec(line)).toBeNull();
  });

  test("is short, however long host, path and detail are", () => {
    const line = lineFor("x".repeat(100_000));

    expect(line.length).toBeLessThan(10_000);
    expect(JSON.parse(line)).toMatchObject({ failure: "destination_not_found" });
  });

  test.each([0, 0.004, 0.005, 0.01, 0.1, 0.99, 0.999, 1, 1.05, 9.5, 12.345, 100, 123_456.789])(
    "has %d ms to the hundredth, as a number is written",
    (totalMs) => {
      const line = accessLine(contextWithoutSocket(), 0, totalMs);

      expect(line).toContain(`"totalMs":${Math.round(totalMs * 100) / 100},`);
    },
  );

  test("is JSON, and takes no time, where the clock was read twice in the wrong order", () => {
    const line = accessLine(contextWithoutSocket(), 0, -0.03);

    expect(JSON.parse(line)).toMatchObject({ totalMs: 0 });
  });

  test("never holds the query", () => {
    expect(lineFor("a")).not.toContain("secret");
  });

  test("has the same keys in the same order, whatever happened", () => {
    const failed = Object.keys(JSON.parse(lineFor("a")) as object);
    const passed = Object.keys(JSON.parse(accessLine(contextWithoutSocket(), 0, 1)) as object);

    expect(passed).toEqual(failed);
  });

  test("has null for steps that there were not, and hundredths of milliseconds for those that there were", () => {
    const context = contextWithoutSocket();
    context.tcpMs = 1.23456;

    const line: unknown = JSON.parse(accessLine(context, 0, 12.345_67));

    expect(line).toMatchObject({
      dnsMs: null,
      tcpMs: 1.23,
      tlsMs: null,
      responseMs: null,
      totalMs: 12.35,
    });
  });
});
