// What a fault is called: every word that docs and commands have for it means the broken origin that shows it.

import { describe, expect, test } from "vitest";

import { catalogue } from "../../fixtures/catalogue.ts";
import { fixtures } from "../../fixtures/index.ts";
import { faultNamed, faultOfCode } from "../../src/inject/fault.ts";
import { usualFaults } from "../../src/inject/usual-faults.ts";
import { matchesWildcard } from "../../src/inject/wildcard.ts";
import { compileProfiles } from "../../src/map/profile.ts";

const profiles = compileProfiles({
  mine: { extends: "cloudflare", codes: { dns_error: { status: 599 } } },
});

function codeIn(profile: string, code: number): string | undefined {
  return faultOfCode(code, profiles.get(profile) ?? new Map())?.name;
}

describe("faultNamed", () => {
  test.each(Object.entries(usualFaults))("%s is %s, which shows just that", (type, name) => {
    expect(catalogue[name]?.failure).toBe(type);
    expect(faultNamed(type)).toEqual({ kind: "origin", name });
  });

  test("knows every failure type that the zoo shows", () => {
    const shown = new Set(Object.values(catalogue).map(({ failure }) => failure));

    expect(Object.keys(usualFaults).toSorted()).toEqual([...shown].toSorted());
  });

  test("knows every broken origin by its name, unless that is a reason of another type", () => {
    const names = fixtures.flatMap(({ name, expects }) => ("failure" in expects ? [name] : []));

    const unclear = names.filter((name) => "rule" in faultNamed(name));

    expect(Object.keys(catalogue)).toEqual(names);
    expect(unclear).toEqual(["refused"]);
  });

  test("takes the origin that bears a reason's name before others that show it", () => {
    expect(faultNamed("servfail")).toMatchObject({ name: "servfail" });
    expect(faultNamed("tls_certificate_error/self_signed")).toMatchObject({ name: "self-signed" });
    expect(faultNamed("handshake_failure")).toMatchObject({ name: "no-shared-cipher" });
  });

  test.each([
    ["constructor", undefined],
    ["__proto__", undefined],
    ["dns_error/expired", undefined],
    ["connection_refussed", "connection_refused"],
    ["", undefined],
  ])("%o means no fault", (word, nearest) => {
    const answer = faultNamed(word);

    expect(answer).toHaveProperty("rule");
    expect(nearest === undefined || ("nearest" in answer && answer.nearest === nearest)).toBe(true);
  });
});

describe("faultOfCode", () => {
  test.each([
    ["cloudflare", 521, "refused"],
    ["cloudflare", 504, undefined],
    ["cloudflare-1016", 1016, "nxdomain"],
    ["cloudflare-1016", 530, "nxdomain"],
    ["rfc9209", 504, "resolver-never-answers"],
    ["rfc9209", 521, undefined],
    ["mine", 599, "nxdomain"],
    ["mine", 523, "resolver-never-answers"],
    ["generic", 502, "nxdomain"],
  ])("in %s, %i is %s", (profile, code, name) => {
    expect(codeIn(profile, code)).toBe(name);
  });
});

describe("matchesWildcard", () => {
  test.each([
    ["/api/*", "/api/", true],
    ["/api/*", "/api", false],
    ["*", "", true],
    ["a*b*c", "abc", true],
    ["a*b*c", "a-b-b-c", true],
    ["a*b*c", "acb", false],
    ["*aa", "aaa", true],
    ["aa*aa", "aaa", false],
    ["a**b", "ab", true],
    ["plain", "plain", true],
    ["plain", "plainer", false],
    [".*", "anything", false],
  ])("%s and %s: %s", (pattern, text, isMatch) => {
    expect(matchesWildcard(pattern, text)).toBe(isMatch);
  });
});
