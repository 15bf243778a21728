// What docker-compose.yml starts, started by hand: the zoo, a gateway in front of it, visitors, and a real Prometheus that scrapes it.

import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { profiles } from "../../edge-codes/index.ts";
import type { Expectation } from "../../fixtures/fixture.ts";
import { fixtures } from "../../fixtures/index.ts";
import { readCompose, startService } from "./compose.ts";
import { commandFile, places } from "./edgecase-command.ts";
import type { Program } from "./program.ts";
import { PrometheusClient } from "./prometheus.ts";
import { copyPrometheusFolder } from "./promtool.ts";

const { services } = readCompose();

/** One fixture for everything that a plain GET can bring about: what of the zoo is asked. */
export const chosen = new Map(
  fixtures
    .filter(({ request, needs }) => request === undefined && needs === undefined)
    .toReversed() // The zoo's lists begin with the plain cases: these are what is left.
    .map((fixture) => [JSON.stringify(fixture.expects), fixture]),
);

/** Works as others do, and has more to tell: its certificate ends soon. */
export const expiring = "expires-soon.localhost";
/** Zones of a closed port and a good origin. */
export const checked = "pool-checked.localhost";
const unchecked = "pool-unchecked.localhost";

/** Every zone that there is. */
export const hosts = new Set([...zonesThat(() => true), expiring, checked, unchecked]);

/** A failing zone of each phase, one whose answer breaks off, and one that takes an origin out. */
const visitedTwice = [
  ...zoneOf({ failure: "dns_error", reason: "nxdomain" }),
  ...zoneOf({ failure: "connection_refused" }),
  ...zoneOf({ failure: "tls_certificate_error", reason: "expired" }),
  ...zoneOf({ failure: "http_response_incomplete", reason: "closed_early", late: true }),
  unchecked,
];

function zonesThat(isWanted: (expects: Expectation) => boolean): string[] {
  return [...chosen.values()]
    .filter(({ expects }) => isWanted(expects))
    .map(({ name }) => `${name}.localhost`)
    .toSorted();
}

function zoneOf(wanted: Expectation): string[] {
  return zonesThat((expects) => JSON.stringify(expects) === JSON.stringify(wanted));
}

/** Zones whose answer has to be an error with this code. */
export function zonesWith(code: number): string[] {
  return zonesThat((expects) => {
    if (!("failure" in expects) || expects.late === true) return false;
    return profiles.cloudflare.codes[expects.failure] === code;
  });
}

/** Waits until something is so, for up to a minute. */
export async function until(
  isSo: () => boolean | Promise<boolean>,
  why: () => string,
): Promise<void> {
  const end = performance.now() + 60_000;
  while (!(await isSo())) {
    if (performance.now() > end) throw new Error(why());
    await new Promise((resolve) => {
      setTimeout(resolve, 50);
    });
  }
}

/** All of it. Every zone has been asked once, the configuration was broken and repaired, and Prometheus has seen that. */
export interface WatchedZoo extends AsyncDisposable {
  /** Stands for `/run/edgecase`. */
  readonly run: string;
  readonly zoo: Program;
  readonly gateway: Program;
  readonly adminPort: number;
  readonly prometheus: PrometheusClient;
  /** Starts one more service of the file, by its name. */
  start(name: string): Program;
}

/** Starts all of it. */
export async function startWatchedZoo(): Promise<WatchedZoo> {
  const stack = new Stack();
  try {
    return await startOn(stack);
  } catch (error) {
    await stack.close();
    throw error;
  }
}

async function startOn(stack: Stack): Promise<WatchedZoo> {
  const { run } = stack;
  const zoo = stack.start("zoo");
  await until(() => existsSync(join(run, "edgecase.json")), zoo.said);
  await stack.start("token").ended;
  const config = chooseZones(stack);
  // Two cores for all of them: longer deadlines than the demo's keep what works from failing.
  const ports = ["--port", "0", "--admin-port", "0", "--clock", "3"];
  const gateway = stack.start("edgecase", ports);
  stack.places["edgecase:8080"] = `127.0.0.1:${await gateway.number(places.port)}`;
  const adminPort = await gateway.number(places.adminPort);
  const prometheus = await startPrometheus(stack, adminPort);

  await breakConfig(config, prometheus);
  await visit(stack, config, prometheus);
  // A failure's series begins with its first one: a rate takes a second.
  const some = join(stack.folder, "some.json");
  writeFileSync(some, JSON.stringify({ zones: visitedTwice.map((host) => ({ hosts: [host] })) }));
  await visit(stack, some, prometheus);
  await until(
    async () => (await prometheus.sum("zone_code:edgecase_errors:rate5m")) > 0,
    () => "Prometheus evaluates no rules",
  );
  return {
    run,
    zoo,
    gateway,
    adminPort,
    prometheus,
    start: (name) => stack.start(name),
    [Symbol.asyncDispose]: () => stack.close(),
  };
}

/** Services of the file that run, and what stands in this machine's place of what is in their containers. */
class Stack {
  readonly folder = mkdtempSync(join(tmpdir(), "edgecase-test-"));
  readonly run = join(this.folder, "run");
  readonly places: Record<string, string> = {
    "dist/src/cli.js": commandFile(),
    "docker/": "deploy/docker/",
    "/run/edgecase": this.run,
    "/etc/prometheus": join(this.folder, "prometheus"),
    "=/prometheus": `=${join(this.folder, "data")}`,
    "0.0.0.0": "127.0.0.1",
  };
  readonly #running: Program[] = [];

  constructor() {
    mkdirSync(this.run); // A volume, which is there before the first container is.
  }

  start(name: string, args: readonly string[] = []): Program {
    const service = services[name];
    if (service === undefined) throw new Error(`no service ${name}`);
    const started = startService(service, this.places, args);
    this.#running.push(started);
    return started;
  }

  async close(): Promise<void> {
    await Promise.all(this.#running.map((service) => service.end()));
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** Leaves only those in the zoo's configuration, and lets gateway and visitors have that. */
function chooseZones({ run, places: moved }: Stack): string {
  const whole = JSON.parse(readFileSync(join(run, "edgecase.json"), "utf8")) as {
    zones: { hosts: string[] }[];
  };
  const zones = whole.zones.filter(({ hosts: [host = ""] }) => hosts.has(host));
  const config = join(run, "chosen.json");
  writeFileSync(config, JSON.stringify({ ...whole, zones }));
  moved[join(run, "edgecase.json")] = config;
  return config;
}

async function startPrometheus(stack: Stack, adminPort: number): Promise<PrometheusClient> {
  const folder = join(stack.folder, "prometheus");
  copyPrometheusFolder(folder, (config) =>
    config.replaceAll("/run/edgecase", stack.run).replaceAll("_interval: 5s", "_interval: 2s"),
  );
  const targets = join(folder, "targets.yml");
  writeFileSync(
    targets,
    readFileSync(targets, "utf8").replace("edgecase:8081", `127.0.0.1:${adminPort}`),
  );
  const port = await freePort();
  const server = stack.start("prometheus", [`--web.listen-address=127.0.0.1:${port}`]);
  const prometheus = new PrometheusClient(port);
  await until(() => prometheus.isReady(), server.said);
  await until(
    async () => (await prometheus.query('up{job="edgecase"} == 1')).length === 1,
    server.said,
  );
  return prometheus;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}

/** Gives the gateway a configuration that it cannot use, and then the one that it has once more. */
async function breakConfig(file: string, prometheus: PrometheusClient): Promise<void> {
  const sound = readFileSync(file, "utf8");
  for (const [text, result] of [
    ["{", "failure"],
    [sound, "success"],
  ] as const) {
    writeFileSync(file, text);
    // oxlint-disable-next-line no-await-in-loop -- One after the other.
    await until(
      async () => (await prometheus.sum(`edgecase_config_reloads_total{result="${result}"}`)) > 0,
      () => `Prometheus has seen no reload that was a ${result}`,
    );
  }
}

/** Lets visitors ask every zone of a configuration once, and waits until Prometheus has scraped all of it. */
async function visit(stack: Stack, config: string, prometheus: PrometheusClient): Promise<void> {
  const { zones } = JSON.parse(readFileSync(config, "utf8")) as { zones: unknown[] };
  const expected = (await prometheus.sum("edgecase_requests_total")) + zones.length;
  stack.places[join(stack.run, "chosen.json")] = config;
  const visitors = stack.start("visitors", ["--rate", "100", "--rounds", "1"]);
  if ((await visitors.ended) !== 0) throw new Error(visitors.said());
  await until(
    async () => (await prometheus.sum("edgecase_requests_total")) === expected,
    () => `Prometheus has not counted ${expected} requests`,
  );
}
