// What docker-compose.yml starts, started by hand: the zoo, a gateway in front of it, visitors, and a real Prometheus that scrapes it.

import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { codesOf, compileProfiles } from "../../src/map/profile.ts";
import { readQueries, withoutVariables } from "../helpers/dashboards.ts";
import type { PrometheusClient } from "../helpers/prometheus.ts";
import { readRules } from "../helpers/promtool.ts";
import { rawRequest } from "../helpers/raw-client.ts";
import {
  checked,
  chosen,
  expiring,
  hosts,
  startWatchedZoo,
  until,
  type WatchedZoo,
  zonesWith,
} from "../helpers/watched-zoo.ts";

let watched: WatchedZoo;
let prometheus: PrometheusClient;

beforeAll(async () => {
  watched = await startWatchedZoo();
  ({ prometheus } = watched);
}, 120_000);

afterAll(() => watched[Symbol.asyncDispose](), 30_000);

interface Rule {
  readonly name: string;
  readonly health: string;
  readonly lastError?: string;
}

/** Every rule that Prometheus has read, and what came of it. */
async function rulesNow(): Promise<Rule[]> {
  const { groups } = (await prometheus.get("rules")) as { groups: { rules: Rule[] }[] };
  return groups.flatMap(({ rules }) => rules);
}

interface SeriesExemplars {
  readonly seriesLabels: { readonly zone: string };
  readonly exemplars: readonly { readonly labels: { readonly ray: string } }[];
}

async function exemplarsOf(query: string): Promise<SeriesExemplars[]> {
  const now = Date.now() / 1000;
  const data = await prometheus.get("query_exemplars", {
    query,
    start: String(now - 600),
    end: String(now + 10),
  });
  return data as SeriesExemplars[];
}

/** From the access log. */
function zonesByRay(): Map<unknown, unknown> {
  const lines = watched.gateway.written().match(/^\{.*"msg":"request".*\}$/gm) ?? [];
  const parsed = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  return new Map(parsed.map(({ ray, zone }) => [ray, zone]));
}

/** What the admin API answers a request with these fields. */
async function statusWith(fields: readonly (readonly [string, string])[]): Promise<number> {
  return (await rawRequest(watched.adminPort, { target: "/api/settings", headers: fields })).status;
}

/** How the container's health check ends. */
function checkHealth(env: Record<string, string>): number | null {
  return spawnSync("node", ["deploy/docker/health.mjs"], { env: { ...process.env, ...env } })
    .status;
}

describe("Prometheus, asked for each code", () => {
  test.each(codesOf(compileProfiles({})))("%i: returns what the zoo caused", async (code) => {
    const series = await prometheus.query(`edgecase_errors_total{code="${code}"}`);

    const zones = series.filter(({ value }) => value > 0).map(({ metric }) => metric["zone"] ?? "");
    expect(series.length).toBe(hosts.size + 1);
    expect(zones.toSorted()).toEqual(zonesWith(code));
  });

  test("finds the request behind a code and behind a duration by its ray id", async () => {
    const zoneOf = zonesByRay();

    const byCode = await exemplarsOf('edgecase_errors_total{code="526"}');
    const byDuration = await exemplarsOf("edgecase_request_duration_seconds_bucket");

    expect(byCode.length).toBeGreaterThanOrEqual(zonesWith(526).length);
    expect(byDuration.length).toBeGreaterThanOrEqual(chosen.size);
    const strangers = [...byCode, ...byDuration].filter(({ seriesLabels, exemplars }) =>
      exemplars.some(({ labels }) => zoneOf.get(labels.ray) !== seriesLabels.zone),
    );
    expect(strangers).toEqual([]);
  });
});

describe("every query", () => {
  /** Nothing has been wrong for long enough, nothing is injected, and nothing is too much. */
  const mayBeEmpty = new Set([
    "edgecase-overview: Alerts that fire",
    "edgecase-overview: Refused by the gateway itself",
    "edgecase-origins: Faults injected",
  ]);
  const isAnswered = ({ panel }: { panel: string }): boolean => !mayBeEmpty.has(panel);

  test.each(readQueries().filter(isAnswered))("of '$panel' has an answer", async ({ expr }) => {
    expect(await prometheus.query(withoutVariables(expr))).not.toEqual([]);
  });

  test.each(readQueries().filter((query) => !isAnswered(query)))(
    "of '$panel' is understood",
    async ({ expr }) => {
      expect(await prometheus.query(withoutVariables(expr))).toBeInstanceOf(Array);
    },
  );

  test("of the rules was evaluated without a mistake", async () => {
    const { alerts, recordings } = readRules();
    await until(
      async () => (await rulesNow()).every(({ health }) => health !== "unknown"),
      () => "some rules were never evaluated",
    );

    const rules = await rulesNow();

    expect(rules).toHaveLength(alerts.length + recordings.length);
    expect(rules.filter(({ health }) => health === "err")).toEqual([]);
  });

  test.each([
    ["EdgecaseOriginDown", checked, "refused"],
    ["EdgecaseCertificateExpiresSoon", expiring, expect.stringContaining("https://")],
  ])("of %s finds the origin in %s", async (alert, zone, origin) => {
    const rule = readRules().alerts.find((one) => one.alert === alert);

    const series = await prometheus.query(rule?.expr ?? "");

    expect(series.map(({ metric }) => metric)).toContainEqual(
      expect.objectContaining({ zone, origin }),
    );
  });

  test.each(["523", "521", "525", "526", "520", "524", "502"])(
    "of the spike of %s finds the zones that have it",
    async (code) => {
      const rule = readRules().alerts.find(({ alert }) => alert === `EdgecaseSpike${code}`);
      const [share = ""] = rule?.expr.split(" and ") ?? [];

      // What the rules make of the last scrape is there a moment after it.
      await expect
        .poll(async () => (await prometheus.query(share)).map(({ metric }) => metric["zone"]), {
          timeout: 15_000,
        })
        .toEqual(expect.arrayContaining(zonesWith(Number(code))));
    },
  );
});

describe("the container", () => {
  test("is healthy as long as the gateway takes requests and the token is right", () => {
    const token = join(watched.run, "admin-token");
    const port = { EDGECASE_ADMIN_PORT: String(watched.adminPort) };
    const other = join(watched.run, "other-token");
    writeFileSync(other, "other");

    expect(checkHealth({ ...port, EDGECASE_ADMIN_TOKEN_FILE: token })).toBe(0);
    expect(checkHealth({ ...port, EDGECASE_ADMIN_TOKEN_FILE: other })).toBe(1);
    expect(checkHealth({ EDGECASE_ADMIN_PORT: "9" })).toBe(1);
  });

  test("lets whoever has the token in by the name of the published port, and nobody else", async () => {
    const token = readFileSync(join(watched.run, "admin-token"), "utf8").trim();
    const allowed: [string, string] = ["Authorization", `Bearer ${token}`];

    expect(await statusWith([["Host", "localhost:8081"], allowed])).toBe(200);
    expect(await statusWith([["Host", "localhost:8081"]])).toBe(401);
    expect(await statusWith([["Host", "rebound.example:8081"], allowed])).toBe(403);
  });

  test("keeps the token that is there", async () => {
    const before = readFileSync(join(watched.run, "admin-token"), "utf8");
    const code = await watched.start("token").ended;

    expect(code).toBe(0);
    expect(readFileSync(join(watched.run, "admin-token"), "utf8")).toBe(before);
    expect(before).toMatch(/^[0-9a-f]{64}\n$/);
  });
});

test("a gateway that ends is down for Prometheus, and the zoo takes its configuration with it", async () => {
  const { gateway, zoo } = watched;

  expect(await gateway.end()).toBe(0);
  expect(await zoo.end()).toBe(0);

  const down = readRules().alerts.find(({ alert }) => alert === "EdgecaseDown")?.expr ?? "";
  await until(
    async () => (await prometheus.query(down)).length === 1,
    () => "Prometheus believes that it is up",
  );
  expect(existsSync(join(watched.run, "edgecase.json"))).toBe(false);
});
