import { describe, expect, test } from "vitest";

import { codes } from "../../edge-codes/index.ts";
import type { ErrorRule } from "../../src/config/gateway-config.ts";
import { parseTemplate } from "../../src/config/template.ts";
import type { ExchangeContext } from "../../src/exchange-context.ts";
import { pageClassOf } from "../../src/render/custom-page.ts";
import { statusUnder } from "../../src/render/error-rules.ts";

/** A context, as far as HTTP's version goes. */
function over(httpVersionMajor: number): ExchangeContext {
  return { req: { httpVersionMajor } } as unknown as ExchangeContext;
}

/** A template as a text, with its places in braces. */
function placesOf(text: string, place: "5xx" | "1xxx" | "rule"): string {
  return parseTemplate(text, place)
    .map((piece) => (typeof piece === "string" ? `{${piece}}` : piece.toString()))
    .join("");
}

describe("a response's status under a rule", () => {
  const rule: ErrorRule = {
    statuses: new Set([404]),
    body: [],
    contentType: "text/html",
    responseStatus: 799,
  };
  const own = { status: 404, reason: "Nowhere" };

  test("is the rule's over HTTP/1.1, whatever three digits it has", () => {
    expect(statusUnder(rule, over(1), own)).toEqual({ status: 799, reason: "" });
  });

  test("is the response's own over HTTP/2 where Node would not send the rule's", () => {
    expect(statusUnder(rule, over(2), own)).toEqual(own);
    expect(statusUnder({ ...rule, responseStatus: 599 }, over(2), own).status).toBe(599);
  });
});

describe("the class of a code's page", () => {
  test.each([
    [502, "5xx"],
    [504, "5xx"],
    [520, "5xx"],
    [530, "5xx"],
    [500, null],
    [503, null],
    [1000, "1xxx"],
    [1016, "1xxx"],
    [1001, null],
  ] as const)("of %i is %s", (code, expected) => {
    expect(pageClassOf({ code, status: codes[code].status, facts: codes[code] })).toBe(expected);
  });
});

describe("a template", () => {
  test("has places where tokens stood, and everything else as it was", () => {
    const text = "é::RAY_ID::::GEO::::x::CLIENT_IP::::CLOUDFLARE_ERROR_500S_BOX::\r\n";

    expect(placesOf(text, "5xx")).toBe("é{rayId}{geo}::x{clientIp}{box}\r\n");
  });

  test("has one place where two tokens share their colons: the first one's", () => {
    expect(placesOf("::RAY_ID::GEO::", "rule")).toBe("{rayId}GEO::");
  });

  test.each([
    ["5xx", "{box} ::CLOUDFLARE_ERROR_1000S_BOX:: ::CAPTCHA_BOX::"],
    ["1xxx", "::CLOUDFLARE_ERROR_500S_BOX:: {box} ::CAPTCHA_BOX::"],
    ["rule", "::CLOUDFLARE_ERROR_500S_BOX:: ::CLOUDFLARE_ERROR_1000S_BOX:: ::CAPTCHA_BOX::"],
  ] as const)("of %s leaves the tokens of other classes as they stand", (place, expected) => {
    const text = "::CLOUDFLARE_ERROR_500S_BOX:: ::CLOUDFLARE_ERROR_1000S_BOX:: ::CAPTCHA_BOX::";

    expect(placesOf(text, place)).toBe(expected);
  });
});
