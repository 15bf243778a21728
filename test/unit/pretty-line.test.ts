import { describe, expect, test } from "vitest";

import { edgeFailure } from "../../src/classify/edge-failure.ts";
import { hasColors } from "../../src/config/flags.ts";
import type { LogConfig } from "../../src/config/gateway-config.ts";
import type { ExchangeContext } from "../../src/exchange-context.ts";
import { prettyLine } from "../../src/record/pretty-line.ts";
import { contextWithoutSocket } from "../helpers/unprovoked.ts";

const config: LogConfig = {
  level: "info",
  format: "pretty",
  sampleSuccesses: 1,
  requestFields: [],
  responseFields: [],
  isColored: false,
};

const time = new Date(2026, 10, 29, 9, 5, 7, 42).getTime();

/** A request that went well, unless told otherwise. */
function contextWith(facts: Partial<ExchangeContext> = {}): ExchangeContext {
  const context = contextWithoutSocket("/cart?token=secret", "shop.test");
  return Object.assign(context, { status: 200, origin: "http://127.0.0.1:3000", ...facts });
}

describe("a pretty line", () => {
  test("tells time, status, duration, method, URL, origin and ray id, in this order", () => {
    const line = prettyLine(contextWith(), time, 12.34, config);

    expect(line.trimEnd().split(/\s{2,}/)).toEqual([
      "09:05:07.042",
      "200",
      "12.3 ms",
      "GET",
      "shop.test/cart",
      "http://127.0.0.1:3000",
      "0123456789abcdef-DEV",
    ]);
  });

  test("has its columns where those of any other line are", () => {
    const short = prettyLine(contextWith(), time, 0.1, config);
    const long = prettyLine(
      contextWith({ target: "/checkout/4711", status: 304 }),
      time,
      9_999,
      config,
    );

    expect(long.indexOf("http:")).toBe(short.indexOf("http:"));
    expect(long.indexOf("-DEV")).toBe(short.indexOf("-DEV"));
  });

  test("has code, failure and cause of what went wrong on a line of its own, indented", () => {
    const failure = edgeFailure("destination_not_found", "the cause");

    const [, below] = prettyLine(contextWith({ failure, status: 409 }), time, 1, config).split(
      "\n",
    );

    expect(below).toMatch(/^ {14}destination_not_found: the cause$/);
  });

  test("says that the client left", () => {
    expect(prettyLine(contextWith({ status: 499 }), time, 1, config)).toMatch(
      /\n {14}the client left\n$/,
    );
  });

  test("has colours where they are wanted, and is the same text without them", () => {
    const colored = prettyLine(contextWith({ status: 502 }), time, 1, {
      ...config,
      isColored: true,
    });

    expect(colored).toContain("\u001b[31m502\u001b[0m");
    expect(colored.replaceAll(/\u001b\[[\d;]*m/g, "")).toBe(
      prettyLine(contextWith({ status: 502 }), time, 1, config),
    );
  });

  test.each([
    ["an escape sequence", "\u001b[2J\u001b]0;owned\u0007"],
    ["C1 controls", "\u009b2J\u0085"],
    ["line ends", "a\r\nb\u2028c"],
    ["a backspace and NUL", "a\b\u0000"],
  ])(
    "shows %s in host, path, method, fields and detail as what it is not: a command",
    (_name, text) => {
      const failure = edgeFailure("destination_not_found", text);
      const context = contextWith({
        failure,
        host: text,
        target: `/${text}`,
        rawFields: ["X-A", text],
      });
      Object.assign(context.req, { method: text });

      const line = prettyLine(context, time, 1, { ...config, requestFields: ["x-a"] });

      expect(line.trimEnd().split("\n").length).toBe(3);
      expect(line).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028\u2029]/);
    },
  );

  test("is short, however long what it tells", () => {
    const text = "x".repeat(100_000);
    const failure = edgeFailure("destination_not_found", text);

    const line = prettyLine(contextWith({ failure, host: text, target: text }), time, 1, config);

    expect(line.length).toBeLessThan(1_500);
  });
});

describe("colours", () => {
  test.each([
    [{}, true, true],
    [{}, false, false],
    [{ NO_COLOR: "1" }, true, false],
    [{ NO_COLOR: "" }, true, true],
    [{ TERM: "dumb" }, true, false],
    [{ FORCE_COLOR: "1" }, false, true],
    [{ FORCE_COLOR: "0" }, true, false],
    [{ FORCE_COLOR: "1", NO_COLOR: "1" }, false, true],
  ])("with %j, and a terminal: %j, are shown: %j", (environment, isTerminal, expected) => {
    expect(hasColors(environment, isTerminal)).toBe(expected);
  });
});
