// Nothing is left out: every type mapped, every reason explained, every fixture listed and hit, every generated table equal to its data.

import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";

import { describe, expect, test } from "vitest";

import {
  codes,
  type Explanation,
  explanations,
  failureTypes,
  profiles,
  type ReasonFacts,
  reasons,
} from "../edge-codes/index.ts";
import { fixtures } from "../fixtures/index.ts";
import * as tables from "../src/classify/tables.ts";

const types = Object.keys(failureTypes) as (keyof typeof failureTypes)[];
const everyReason = types.flatMap((type) =>
  Object.entries(reasons[type] as Record<string, ReasonFacts>).map(
    ([reason, facts]) => [`${type}/${reason}`, facts] as const,
  ),
);

describe("edge-codes", () => {
  test.each(Object.entries(profiles))(
    "the profile %s maps every failure type to a code that exists",
    (_name, profile) => {
      expect(Object.keys(profile.codes).toSorted()).toEqual(types.toSorted());
      expect(Object.values(profile.codes).every((code) => Object.hasOwn(codes, code))).toBe(true);
    },
  );

  test("the profile rfc9209 gives what the RFC recommends", () => {
    for (const type of types)
      expect(codes[profiles.rfc9209.codes[type]].status, type).toBe(
        failureTypes[type].recommendedStatus,
      );
  });

  test.each([
    ...types.map((type) => [type, explanations[type] as Explanation] as const),
    ...everyReason,
  ])("%s is explained", (_name, explanation) => {
    expect(explanation.whatHappened.length).toBeGreaterThan(20);
    expect(explanation.likelyCauses.length).toBeGreaterThan(0);
    expect(explanation.howToCheck.length).toBeGreaterThan(0);
    expect(explanation.howToFix.length).toBeGreaterThan(0);
  });

  test.each(Object.entries(codes))("code %s has every text", (code, facts) => {
    for (const text of [
      facts.title,
      facts.visitor,
      facts.owner,
      facts.whatToDo,
      facts.source.title,
      facts.source.reference,
    ])
      expect(text.length).toBeGreaterThan(3);
    expect(facts.code).toBe(Number(code));
    expect(facts.retryAfterSeconds === null).toBe(!facts.retryable);
  });

  test("no code's number stands in src", () => {
    const files = readdirSync("src", { recursive: true, encoding: "utf8" }).filter((file) =>
      file.endsWith(".ts"),
    );
    for (const file of files)
      expect(readFileSync(`src/${file}`, "utf8"), file).not.toMatch(/\b(52\d|530)\b/);
  });
});

describe("the zoo", () => {
  test("every file with a fixture is listed, under the file's own name", () => {
    const listed = fixtures.map(({ phase, name }) => `${phase}/${name}`);
    for (const phase of ["dns", "tcp", "tls", "http"]) {
      for (const file of readdirSync(`fixtures/${phase}`)) {
        const text = readFileSync(`fixtures/${phase}/${file}`, "utf8");
        const name = file.replace(/\.ts$/, "");
        if (/^export const \w+: (Dns)?Fixture = /m.test(text))
          expect(listed, file).toContain(`${phase}/${name}`);
      }
    }
    expect(new Set(listed).size).toBe(listed.length);
  });

  test("every reason that a fixture states exists", () => {
    const known = new Set(everyReason.map(([name]) => name));
    for (const { name, expects } of fixtures) {
      if ("failure" in expects && expects.reason !== undefined)
        expect(known, name).toContain(`${expects.failure}/${expects.reason}`);
    }
  });

  test("no file is longer than a fault needs", () => {
    for (const phase of ["dns", "tcp", "tls", "http"]) {
      for (const file of readdirSync(`fixtures/${phase}`)) {
        const text = readFileSync(`fixtures/${phase}/${file}`, "utf8");
        if (/: (Dns)?Fixture = /.test(text))
          expect(text.split("\n").length, file).toBeLessThanOrEqual(62);
      }
    }
  });
});

describe("classify", () => {
  test("every finding in its tables is a type and a reason that exist", () => {
    const known = new Set([
      ...everyReason.map(([name]) => name),
      ...types.map((type) => `${type}/null`),
    ]);
    const findings = Object.values(tables).flatMap((table) =>
      table instanceof Set || table === tables.dnsAnswers ? [] : Object.values(table),
    );
    for (const { type, reason } of findings) expect(known).toContain(`${type}/${reason}`);
  });

  test("every failure type has a test file", () => {
    expect(readdirSync("test/failures").map((file) => file.replace(".test.ts", ""))).toEqual(
      expect.arrayContaining(types),
    );
  });
});

test("tables in the documents equal the data", () => {
  expect(() =>
    execFileSync("npx", ["tsx", "scripts/generate-docs.ts", "--check"], { stdio: "pipe" }),
  ).not.toThrow();
});
