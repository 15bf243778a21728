// Grafana's dashboards and Prometheus' rules ask for every metric that the gateway exports, and for nothing else.

import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";

import { describe, expect, test } from "vitest";
import { parse } from "yaml";

import { definitions } from "../../scripts/deploy/query.ts";
import { labelsIn, metricsIn, readDashboards, readQueries } from "../helpers/dashboards.ts";
import { readRules } from "../helpers/promtool.ts";

const dashboards = readDashboards();
const queries = readQueries();
const { alerts, recordings } = readRules();
const byName = new Map(definitions.map((definition) => [definition.name, definition]));

/** Labels that Prometheus adds: of a scrape, of a histogram, of its alerts. */
const labelsOfPrometheus = ["job", "instance", "le", "alertname", "alertstate", "severity"];

test("what deploy/ repeats from the data is up to date", () => {
  expect(() =>
    execFileSync("npx", ["tsx", "scripts/generate-deploy.ts", "--check"], { stdio: "pipe" }),
  ).not.toThrow();
});

describe("the dashboards", () => {
  test.each([...byName.keys()])("show %s", (name) => {
    expect(queries.filter(({ expr }) => metricsIn(expr).includes(name))).not.toEqual([]);
  });

  test.each(queries)("ask in '$panel' for metrics and labels that exist", ({ expr }) => {
    const asked = metricsIn(expr);
    const labels = new Set([
      ...asked.flatMap((name) => byName.get(name)?.labelNames ?? []),
      ...labelsOfPrometheus,
    ]);

    expect(asked.filter((name) => !byName.has(name))).toEqual([]);
    expect(labelsIn(expr).filter((label) => !labels.has(label))).toEqual([]);
  });

  test.each(dashboards)(
    "$title has panels that say what they are and do not overlap",
    (dashboard) => {
      const panels = dashboard.panels.filter(({ type }) => type !== "row");

      expect(new Set(dashboard.panels.map(({ id }) => id)).size).toBe(dashboard.panels.length);
      expect(new Set(panels.map(({ title }) => title)).size).toBe(panels.length);
      for (const { title, description, fieldConfig, targets } of panels) {
        expect(title.length, title).toBeGreaterThan(3);
        expect(description?.length ?? 0, title).toBeGreaterThan(10);
        expect(fieldConfig?.defaults.unit, title).toBeTypeOf("string");
        expect(targets?.length, title).toBeGreaterThan(0);
      }
      const cells = dashboard.panels.flatMap(({ gridPos: { x, y, w, h } }) =>
        Array.from(
          { length: w * h },
          (_, index) => `${x + (index % w)},${y + Math.floor(index / w)}`,
        ),
      );
      expect(new Set(cells).size).toBe(cells.length);
      expect(dashboard.panels.every(({ gridPos: { x, w } }) => x + w <= 24)).toBe(true);
    },
  );

  test("have uids of their own, and ask the data source that is provisioned", () => {
    const provisioned = parse(
      readFileSync("deploy/grafana/provisioning/datasources/prometheus.yml", "utf8"),
    ) as { datasources: { uid: string; type: string; isDefault: boolean }[] };
    const asked = dashboards.flatMap(({ panels, templating }) => [
      ...templating.list.map(({ datasource }) => datasource.uid),
      ...panels.flatMap(({ datasource, targets = [] }) =>
        targets.flatMap((target) => [target.datasource.uid, datasource?.uid]),
      ),
    ]);

    expect(provisioned.datasources).toMatchObject([{ type: "prometheus", isDefault: true }]);
    expect(new Set(asked)).toEqual(new Set(provisioned.datasources.map(({ uid }) => uid)));
    expect(new Set(dashboards.map(({ uid }) => uid)).size).toBe(dashboards.length);
  });
});

describe("the rules", () => {
  test.each([
    ...recordings.map(({ record, expr }) => ({ name: record, expr })),
    ...alerts.map(({ alert, expr }) => ({ name: alert, expr })),
  ])("$name asks for metrics and records that exist", ({ expr }) => {
    const recorded = new Set(recordings.map(({ record }) => record));
    const asked = expr.match(/(?<!\w)\w+:edgecase_\w+:\w+/g) ?? [];

    expect(metricsIn(expr).filter((name) => !byName.has(name))).toEqual([]);
    expect(asked.filter((name) => !recorded.has(name))).toEqual([]);
  });

  test.each(alerts)("$alert says what is wrong and what to do", ({ labels, annotations }) => {
    expect(["critical", "warning", "info"]).toContain(labels["severity"]);
    expect(annotations["summary"]?.length).toBeGreaterThan(10);
    expect(annotations["description"]?.length).toBeGreaterThan(30);
  });
});
