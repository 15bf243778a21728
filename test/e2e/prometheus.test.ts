// What docker-compose.yml starts, started by hand: the zoo, a gateway in front of it, visitors, and a real Prometheus that scrapes it.

import { spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { profiles } from "../../edge-codes/index.ts";
import { fixtures } from "../../fixtures/index.ts";
import { codesOf, compileProfiles } from "../../src/map/profile.ts";
import { readCompose, type RunningService, startService } from "../helpers/compose.ts";
import { readQueries, withoutVariables } from "../helpers/dashboards.ts";
import { PrometheusClient } from "../helpers/prometheus.ts";
import { copyPrometheusFolder, readRules } from "../helpers/promtool.ts";
import { rawRequest } from "../helpers/raw-client.ts";

const { services } = readCompose();
const folder = mkdtempSync(join(tmpdir(), "edgecase-test-"));
const run = join(folder, "run");
const running: RunningService[] = [];
let places: Record<string, string> = {};
let prometheus: PrometheusClient;
let gateway: RunningService;
let adminPort = 0;

/** A service of the file, by its name. */
function start(name: string, args: readonly string[] = [], env: Record<string, string> = {}) {
  const service = services[name];
  if (service === undefined) throw new Error(`no service ${name}`);
  const started = startService(service, places, { args, env });
  running.push(started);
  return started;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}

async function until(isSo: () => boolean | Promise<boolean>, why: () => string): Promise<void> {
  const end = performance.now() + 60_000;
  while (!(await isSo())) {
    if (performance.now() > end) throw new Error(why());
    await new Promise((resolve) => {
      setTimeout(resolve, 50);
    });
  }
}

/** The number that the program printed in this place. */
async function printed(service: RunningService, pattern: RegExp): Promise<number> {
  await until(
    () => pattern.test(service.output()) || service.process.exitCode !== null,
    service.output,
  );
  const [, digits] = pattern.exec(service.output()) ?? [];
  if (digits === undefined) throw new Error(service.output());
  return Number(digits);
}

beforeAll(async () => {
  // The package as it is built would have to be built first; its source is the same.
  places = {
    "dist/src/cli.js": "src/cli.ts",
    "docker/": "deploy/docker/",
    "/run/edgecase": run,
    "/etc/prometheus": join(folder, "prometheus"),
    "=/prometheus": `=${join(folder, "data")}`,
    "0.0.0.0": "127.0.0.1",
  };
  const source = { NODE_OPTIONS: "--import=tsx" };

  const zoo = start("zoo", [], source);
  await until(() => existsSync(join(run, "edgecase.json")), zoo.output);
  await once(start("token").process, "exit");
  chooseZones();
  // Two cores for all of them: longer deadlines than the demo's keep what works from failing.
  gateway = start("edgecase", ["--port", "0", "--admin-port", "0", "--clock", "3"], source);
  const port = await printed(gateway, /localhost:(\d+)\/ serves/);
  adminPort = await printed(gateway, /localhost:(\d+)\/metrics/);

  copyPrometheusFolder(join(folder, "prometheus"), (config) =>
    config.replaceAll("/run/edgecase", run).replaceAll("_interval: 5s", "_interval: 2s"),
  );
  writeFileSync(
    join(folder, "prometheus", "targets.yml"),
    readFileSync(join(folder, "prometheus", "targets.yml"), "utf8").replace(
      "edgecase:8081",
      `127.0.0.1:${adminPort}`,
    ),
  );
  const prometheusPort = await freePort();
  const server = start("prometheus", [`--web.listen-address=127.0.0.1:${prometheusPort}`]);
  prometheus = new PrometheusClient(prometheusPort);
  await until(() => prometheus.isReady(), server.output);
  await until(
    async () => (await prometheus.query('up{job="edgecase"} == 1')).length === 1,
    server.output,
  );

  places = { ...places, "edgecase:8080": `127.0.0.1:${port}` };
  await breakConfig();
  await visit(join(run, "chosen.json"));
  // A failure's series begins with its first one: a rate takes a second.
  const some = join(folder, "some.json");
  writeFileSync(some, JSON.stringify({ zones: visitedTwice.map((host) => ({ hosts: [host] })) }));
  await visit(some);
  await until(async () => (await sum("zone_code:edgecase_errors:rate5m")) > 0, server.output);
}, 120_000);

afterAll(async () => {
  await Promise.all(running.map((service) => service.stop()));
  rmSync(folder, { recursive: true, force: true });
}, 30_000);

/** One fixture for everything that a plain GET can bring about: what of the zoo is asked. */
const chosen = new Map(
  fixtures
    .filter(({ request, needs }) => request === undefined && needs === undefined)
    .toReversed() // The zoo's lists begin with the plain cases: these are what is left.
    .map((fixture) => [JSON.stringify(fixture.expects), fixture]),
);

/** Works as others do, and has more to tell: its certificate ends soon. */
const expiring = "expires-soon.localhost";
/** Zones of a closed port and a good origin. */
const checked = "pool-checked.localhost";
const unchecked = "pool-unchecked.localhost";

const hosts = new Set([
  ...[...chosen.values()].map(({ name }) => `${name}.localhost`),
  expiring,
  checked,
  unchecked,
]);

/** Leaves only those in the zoo's configuration, and lets gateway and visitors have that. */
function chooseZones(): void {
  const whole = JSON.parse(readFileSync(join(run, "edgecase.json"), "utf8")) as {
    zones: { hosts: string[] }[];
  };
  const zones = whole.zones.filter(({ hosts: [host = ""] }) => hosts.has(host));
  writeFileSync(join(run, "chosen.json"), JSON.stringify({ ...whole, zones }));
  places = { ...places, [join(run, "edgecase.json")]: join(run, "chosen.json") };
}

/** Zones whose answer has to be an error with this code. */
function zonesWith(code: number): string[] {
  return [...chosen.values()]
    .filter(({ expects }) => {
      if (!("failure" in expects) || expects.late === true) return false;
      return profiles.cloudflare.codes[expects.failure] === code;
    })
    .map(({ name }) => `${name}.localhost`)
    .toSorted();
}

/** A failing zone of each phase, one whose answer breaks off, and one that takes an origin out. */
const visitedTwice = (
  [
    { failure: "dns_error", reason: "nxdomain" },
    { failure: "connection_refused" },
    { failure: "tls_certificate_error", reason: "expired" },
    { failure: "http_response_incomplete", reason: "closed_early", late: true },
  ] as const
)
  .map((expects) => `${chosen.get(JSON.stringify(expects))?.name ?? ""}.localhost`)
  .concat(unchecked);

/** Lets visitors ask every zone of a configuration once, and waits until Prometheus has scraped all of it. */
async function visit(config: string): Promise<void> {
  const { zones } = JSON.parse(readFileSync(config, "utf8")) as { zones: unknown[] };
  const expected = (await sum("edgecase_requests_total")) + zones.length;
  places = { ...places, [join(run, "chosen.json")]: config };
  const visitors = start("visitors", ["--rate", "100", "--rounds", "1"]);
  const [code] = (await once(visitors.process, "exit")) as [number];
  if (code !== 0) throw new Error(visitors.output());
  await until(
    async () => (await sum("edgecase_requests_total")) === expected,
    () => `Prometheus has not counted ${expected} requests`,
  );
}

/** Gives the gateway a configuration that it cannot use, and then the one that it has once more. */
async function breakConfig(): Promise<void> {
  const file = join(run, "chosen.json");
  const sound = readFileSync(file, "utf8");
  for (const [text, result] of [
    ["{", "failure"],
    [sound, "success"],
  ] as const) {
    writeFileSync(file, text);
    // oxlint-disable-next-line no-await-in-loop -- One after the other.
    await until(
      async () => (await sum(`edgecase_config_reloads_total{result="${result}"}`)) > 0,
      () => `Prometheus has seen no reload that was a ${result}`,
    );
  }
}

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
  const lines = gateway.output().match(/^\{.*"msg":"request".*\}$/gm) ?? [];
  const parsed = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  return new Map(parsed.map(({ ray, zone }) => [ray, zone]));
}

/** What the admin API answers a request with these fields. */
async function statusWith(fields: readonly (readonly [string, string])[]): Promise<number> {
  return (await rawRequest(adminPort, { target: "/api/settings", headers: fields })).status;
}

/** How the container's health check ends. */
function checkHealth(env: Record<string, string>): number | null {
  return spawnSync("node", ["deploy/docker/health.mjs"], { env: { ...process.env, ...env } })
    .status;
}

async function sum(expr: string): Promise<number> {
  return (await prometheus.query(`sum(${expr})`))[0]?.value ?? 0;
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
  /** Nothing has been wrong for long enough. */
  const mayBeEmpty = new Set(["edgecase-overview: Alerts that fire"]);
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

      const series = await prometheus.query(share);

      expect(series.map(({ metric }) => metric["zone"])).toEqual(
        expect.arrayContaining(zonesWith(Number(code))),
      );
    },
  );
});

describe("the container", () => {
  test("is healthy as long as the gateway takes requests and the token is right", () => {
    const token = join(run, "admin-token");
    const port = { EDGECASE_ADMIN_PORT: String(adminPort) };
    const other = join(folder, "other-token");
    writeFileSync(other, "other");

    expect(checkHealth({ ...port, EDGECASE_ADMIN_TOKEN_FILE: token })).toBe(0);
    expect(checkHealth({ ...port, EDGECASE_ADMIN_TOKEN_FILE: other })).toBe(1);
    expect(checkHealth({ EDGECASE_ADMIN_PORT: "9" })).toBe(1);
  });

  test("lets whoever has the token in by the name of the published port, and nobody else", async () => {
    const token = readFileSync(join(run, "admin-token"), "utf8").trim();
    const allowed: [string, string] = ["Authorization", `Bearer ${token}`];

    expect(await statusWith([["Host", "localhost:8081"], allowed])).toBe(200);
    expect(await statusWith([["Host", "localhost:8081"]])).toBe(401);
    expect(await statusWith([["Host", "rebound.example:8081"], allowed])).toBe(403);
  });

  test("keeps the token that is there", async () => {
    const before = readFileSync(join(run, "admin-token"), "utf8");
    const [code] = (await once(start("token").process, "exit")) as [number];

    expect(code).toBe(0);
    expect(readFileSync(join(run, "admin-token"), "utf8")).toBe(before);
    expect(before).toMatch(/^[0-9a-f]{64}\n$/);
  });
});

test("a gateway that ends is down for Prometheus, and the zoo takes its configuration with it", async () => {
  const [zoo] = running;

  expect(await gateway.stop()).toBe(0);
  expect(await zoo?.stop()).toBe(0);

  const down = readRules().alerts.find(({ alert }) => alert === "EdgecaseDown")?.expr ?? "";
  await until(
    async () => (await prometheus.query(down)).length === 1,
    () => "Prometheus believes that it is up",
  );
  expect(existsSync(join(run, "edgecase.json"))).toBe(false);
});
