// Nothing is left out: every type mapped, every reason explained, every fixture listed and hit, every generated table equal to its data.

import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";

import { describe, expect, test } from "vitest";

import {
  checkFindings,
  codes,
  type Explanation,
  explanations,
  failoverTypes,
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
    const others = types.filter(
      (type) => codes[profiles.rfc9209.codes[type]].status !== failureTypes[type].recommendedStatus,
    );
    expect(others).toEqual([]);
  });

  test.each([
    ...types.map((type) => [type, explanations[type] as Explanation] as const),
    ...everyReason,
    ...Object.entries(checkFindings),
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

  test("another origin is tried after the failures that become 521, 522, 523, 525 and 526, and no other", () => {
    const codesOf = failoverTypes.map((type) => profiles.cloudflare.codes[type]);

    expect(new Set(codesOf)).toEqual(new Set([521, 522, 523, 525, 526]));
    expect(failoverTypes).not.toContain("connection_terminated");
  });

  test("no code's number stands in src", () => {
    const files = readdirSync("src", { recursive: true, encoding: "utf8" }).filter((file) =>
      file.endsWith(".ts"),
    );
    const naming = files.filter((file) =>
      /\b(52\d|530)\b/.test(readFileSync(`src/${file}`, "utf8")),
    );
    expect(naming).toEqual([]);
  });
});

/** Every file of the zoo that holds a fixture, as `phase/name`, with its text. */
const fixtureFiles = ["dns", "tcp", "tls", "http"].flatMap((phase) =>
  readdirSync(`fixtures/${phase}`)
    .map((file) => ({
      name: `${phase}/${file.replace(/\.ts$/, "")}`,
      text: readFileSync(`fixtures/${phase}/${file}`, "utf8"),
    }))
    .filter(({ text }) => /^export const \w+: (Dns)?Fixture = /m.test(text)),
);

describe("the zoo", () => {
  const listed = fixtures.map(({ phase, name }) => `${phase}/${name}`);

  test("lists every file with a fixture, under the file's own name", () => {
    expect(listed).toEqual(expect.arrayContaining(fixtureFiles.map(({ name }) => name)));
    expect(listed.toSorted()).toEqual([...new Set(listed)].toSorted());
  });

  test("states no reason that does not exist", () => {
    const stated = fixtures.flatMap(({ expects }) =>
      "failure" in expects && expects.reason !== undefined
        ? [`${expects.failure}/${expects.reason}`]
        : [],
    );

    expect(everyReason.map(([name]) => name)).toEqual(expect.arrayContaining(stated));
  });

  test("has no file longer than a fault needs", () => {
    expect(fixtureFiles.filter(({ text }) => text.split("\n").length > 62)).toEqual([]);
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
    const unknown = findings.filter(({ type, reason }) => !known.has(`${type}/${reason}`));
    expect(unknown).toEqual([]);
  });

  test("every failure type has a test file", () => {
    expect(readdirSync("test/failures").map((file) => file.replace(".test.ts", ""))).toEqual(
      expect.arrayContaining(types),
    );
  });
});

test("the map of src in the documents names every folder there is", () => {
  const map = readFileSync("docs/life-of-a-request.md", "utf8");
  const named = new Set([...map.matchAll(/^\| `(\w+)\/` \|/gm)].map(([, folder]) => folder));
  const folders = readdirSync("src", { withFileTypes: true }).filter((entry) =>
    entry.isDirectory(),
  );

  expect(named).toEqual(new Set(folders.map(({ name }) => name)));
});

test("tables in the documents equal the data", () => {
  expect(() =>
    execFileSync("npx", ["tsx", "scripts/generate-docs.ts", "--check"], { stdio: "pipe" }),
  ).not.toThrow();
});
