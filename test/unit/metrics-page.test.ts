// docs/metrics.md and docs/prometheus.md describe what the gateway exports and what its rules alert on: all of it, and nothing else.

import { readFileSync } from "node:fs";

import { describe, expect, test } from "vitest";

import { definitions } from "../../scripts/deploy/query.ts";
import { readRules } from "../helpers/promtool.ts";

/** By heading: the text up to the next one. */
const sections = new Map(
  readFileSync("docs/metrics.md", "utf8")
    .split(/^## /m)
    .map((section) => [section.slice(0, section.indexOf("\n")), section] as const)
    .filter(([heading]) => heading.startsWith("edgecase_")),
);

describe("docs/metrics.md", () => {
  test("has a heading for each metric, and none for another", () => {
    expect([...sections.keys()].toSorted()).toEqual(definitions.map(({ name }) => name).toSorted());
  });

  test.each(definitions)("says the kind and the labels of $name", ({ name, type, labelNames }) => {
    const section = sections.get(name) ?? "";
    const [, kind = ""] = /^\w+\n\n(Counter|Gauge|Histogram)\b/.exec(section) ?? [];

    expect(kind.toLowerCase()).toBe(type);
    expect(labelNames.filter((label) => !section.includes(`\`${label}\``))).toEqual([]);
  });
});

test("docs/prometheus.md has every alert in its table, and no other", () => {
  const page = readFileSync("docs/prometheus.md", "utf8");
  const named = new Set(page.match(/(?<=`)Edgecase\w+/g));
  const alerts = readRules().alerts.map(({ alert }) => alert);

  const apart = alerts.filter((alert) => !alert.startsWith("EdgecaseSpike"));
  expect([...named].toSorted()).toEqual([...apart, "EdgecaseSpike521"].toSorted());
});
