// What a fault is called: every word that docs and commands have for it means the broken origin that shows it.

import { describe, expect, test } from "vitest";

import { catalogue } from "../../fixtures/catalogue.ts";
import { fixtures } from "../../fixtures/index.ts";
import { faultNamed, faultOfCode } from "../../src/inject/fault.ts";
import { faultNames } from "../../src/inject/fault-names.ts";
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

function codesIn(profile: string): string[] {
  return faultNames([profiles.get(profile) ?? new Map()])
    .filter(({ kind }) => kind === "code")
    .map(({ name }) => name);
}

describe("faultNames", () => {
  const ofCloudflare = faultNames([profiles.get("cloudflare") ?? new Map()]);
  const named = (name: string) => ofCloudflare.find((one) => one.name === name);

  test("each means a fault, and comes once", () => {
    const names = ofCloudflare.map(({ name }) => name);

    expect(names.filter((name) => "rule" in faultNamed(name))).toEqual([]);
    expect(new Set(names).size).toBe(names.length);
    expect(ofCloudflare.filter(({ title }) => title === "")).toEqual([]);
  });

  test.each([
    ["cut", "response"],
    ["525", "code"],
    ["1000", "code"],
    ["504", undefined],
    ["connection_refused", "failure type"],
    ["destination_unavailable", "failure type"],
    ["proxy_loop_detected", undefined],
    ["expired", "reason"],
    ["dns_error/refused", "reason"],
    ["never-answers", "broken origin"],
    ["host_unreachable", undefined],
    ["black-hole", undefined],
  ])("%s is there as a %s", (name, kind) => {
    expect(named(name)?.kind).toBe(kind);
  });

  test("each has the title of what it means", () => {
    expect(named("403")?.title).toBe("DNS points to prohibited IP");
    expect(named("malformed")?.title).toBe("The resolver's answer makes no sense");
    expect(named("expired")?.title).toBe("The certificate has expired");
  });

  test("codes are those of the profiles in question", () => {
    expect(codesIn("rfc9209")).toEqual(["502", "503", "504"]);
    expect(codesIn("mine")).toContain("599");
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
