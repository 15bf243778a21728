import { describe, expect, test } from "vitest";

import { negotiate } from "../../src/render/negotiate.ts";

describe("Accept", () => {
  test.each([
    ["application/json", "json"],
    ["application/problem+json", "problem"],
    ["text/markdown", "markdown"],
    ["application/json, text/markdown;q=0.9", "json"],
    ["text/markdown, application/json", "markdown"],
    ["text/*", "markdown"],
    ["text/html", "html"],
    ["*/*", "html"],
    [undefined, "html"],
  ])("%s is answered as the CDN documents it: %s", (accept, format) => {
    expect(negotiate(accept)).toBe(format);
  });

  test.each([
    ["text/plain", "text"],
    ["application/xhtml+xml", "html"],
    ["application/*", "json"],
    ["TEXT/Markdown", "markdown"],
    ["application/json;charset=utf-8;q=0.4, text/plain;q=0.5", "text"],
    ["text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8", "html"],
    ["text/markdown;q=0.1, application/json;Q=1.000", "json"],
    [" application/json ", "json"],
    ["image/png, application/json;q=0.1", "json"],
    ["*/*;q=0.1, text/plain;q=0.2", "text"],
  ])("%s is %s", (accept, format) => {
    expect(negotiate(accept)).toBe(format);
  });

  test.each([
    ["application/json;q=0", "html"],
    ["application/json;q=0.000, text/markdown;q=0.001", "markdown"],
    ["text/html;q=0, application/json;q=0", "html"],
  ])("%s: a quality of nought is a refusal", (accept, format) => {
    expect(negotiate(accept)).toBe(format);
  });

  test.each([
    "",
    ",",
    ";;;,,,;q=1",
    "image/png",
    "json",
    "application/json;q=high",
    "application/json;q=2",
    "application/json;q=-1",
    "application/json;q=NaN",
    "constructor",
    "__proto__",
    "toString, hasOwnProperty",
    "\u0000\u0001\u0080",
    "text/html/application/json",
  ])("%j names nothing that there is, so it is HTML", (accept) => {
    expect(negotiate(accept)).toBe("html");
  });

  test.each([
    ["members", "image/x;q=0.5,".repeat(700)],
    ["parameters", `image/x${";a=b".repeat(2_500)}`],
    ["spaces", `image/x${" ".repeat(10_000)}`],
    ["quality", `image/x;q=${"0".repeat(10_000)}`],
  ])("10 kB of %s are read in no time", (_name, accept) => {
    const startedAt = performance.now();

    const format = negotiate(accept);

    expect(format).toBe("html");
    expect(performance.now() - startedAt).toBeLessThan(50);
  });
});
