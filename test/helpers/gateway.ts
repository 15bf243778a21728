// A real gateway in this process, on a free port, whose log lines and metrics can be read.

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { pino } from "pino";

import type { Fixture } from "../../fixtures/fixture.ts";
import { startZoo, type Zoo } from "../../fixtures/zoo.ts";
import type { GatewayConfig } from "../../src/config/gateway-config.ts";
import { parseConfig } from "../../src/config/read-file.ts";
import { resolveConfig } from "../../src/config/resolve.ts";
import type { ConfigFile, ZoneFile } from "../../src/config/schema.ts";
import { Gateway } from "../../src/gateway.ts";
import type { ReloadOutcome } from "../../src/reload/reload-outcome.ts";
import { RawConnection, type RawRequest, type RawResponse, rawRequest } from "./raw-client.ts";
import { sumOfSamples } from "./samples.ts";

/** An access line, parsed. */
export type LogLine = Record<string, string | number | boolean | null>;

/** Deadlines short enough for a test, long enough for what works. */
export const testTimeouts = {
  dnsMs: 800,
  connectMs: 800,
  handshakeMs: 800,
  responseMs: 1_500,
  bodyIdleMs: 1_000,
  writeMs: 1_000,
};

/** pino's number for `error`. */
const errorLevel = 50;

/** A gateway under test. */
export interface TestGateway extends AsyncDisposable {
  readonly port: number;
  /** The port for HTTPS; 0 where it is switched off, as it is unless `listen.https` says otherwise. */
  readonly securePort: number;
  readonly gateway: Gateway;
  /** Every access line so far. */
  readonly lines: readonly LogLine[];
  /** What the gateway said of itself, at `error` and above. */
  readonly messages: readonly LogLine[];
  /** All that it said of itself. */
  readonly notices: readonly LogLine[];
  /** GET of a path for the first zone's host; `headers` may name another Host. */
  get(path?: string, headers?: readonly (readonly [string, string])[]): Promise<RawResponse>;
  request(request: RawRequest & { readonly host?: string }): Promise<RawResponse>;
  /** Puts another configuration in force, completed as the first one was. */
  reload(config: ConfigFile): Promise<ReloadOutcome>;
  /** A connection for several requests. */
  connect(): RawConnection;
  /** The value of a metric's sample with these labels; 0 if there is none. Adds up where several match. */
  metric(name: string, labels?: Readonly<Record<string, string>>): Promise<number>;
  /** Every sample of a metric that has this label, as scraped. */
  samples(name: string, label: string): Promise<readonly string[]>;
  /** The access line that a predicate finds, waiting for it up to two seconds. */
  line(predicate?: (line: LogLine) => boolean): Promise<LogLine>;
  close(): Promise<void>;
}

/** Completes a configuration; listeners are on free ports unless it says otherwise. */
export function completeConfig(config: ConfigFile): GatewayConfig {
  const whole = {
    ...config,
    listen: { http: 0, https: false, ...config.listen },
    admin: { port: false, ...config.admin },
    timeouts: { ...testTimeouts, ...config.timeouts },
  };
  return resolveConfig(parseConfig(JSON.stringify(whole), null), null);
}

/** Starts a gateway on a configuration. */
export async function startGatewayOn(config: ConfigFile): Promise<TestGateway> {
  const resolved = completeConfig(config);
  const lines: LogLine[] = [];
  const notices: LogLine[] = [];
  const messages: LogLine[] = [];
  const log = pino(
    { level: "info", base: null },
    {
      write: (line: string) => {
        const notice = JSON.parse(line) as LogLine;
        notices.push(notice);
        if (Number(notice["level"]) >= errorLevel) messages.push(notice);
      },
    },
  );
  const gateway = new Gateway(
    resolved,
    { write: (line) => lines.push(JSON.parse(line) as LogLine) },
    log,
  );
  const ports = await gateway.start();
  const port = ports.http ?? 0;
  const host = resolved.zones[0]?.hosts[0]?.replace("*", "any.test") ?? "none.test";
  const close = (): Promise<void> => gateway.close();
  const hosted = (headers: RawRequest["headers"] = [], name = host): RawRequest["headers"] =>
    headers.some(([key]) => key.toLowerCase() === "host") ? headers : [["Host", name], ...headers];

  return {
    port,
    securePort: ports.https ?? 0,
    gateway,
    lines,
    messages,
    notices,
    get: (path = "/", headers = []) =>
      rawRequest(port, { target: path, headers: hosted(headers) ?? [] }),
    request: ({ host: name, headers, ...request }) =>
      rawRequest(port, { ...request, headers: hosted(headers, name) ?? [] }),
    reload: (next) => gateway.reload(completeConfig(next)),
    connect: () => new RawConnection(port),
    metric: async (name, labels = {}) =>
      sumOfSamples((await gateway.metrics.scrape(undefined)).body, name, labels),
    samples: async (name, label) =>
      (await gateway.metrics.scrape(undefined)).body
        .split("\n")
        .filter((sample) => sample.startsWith(`${name}{`) && sample.includes(label)),
    line: (predicate = () => true) => waitFor(() => lines.find(predicate), "no such access line"),
    close,
    [Symbol.asyncDispose]: close,
  };
}

/** A zone for a started member of a zoo, on `<fixture>.test`. */
export function zoneFor(
  zoo: Zoo,
  name: string,
  rootFile: string,
  more: Partial<ZoneFile> = {},
): ZoneFile {
  const member = zoo.members.find(({ fixture }) => fixture.name === name);
  if (member === undefined) throw new Error(`the zoo has no ${name}`);
  return {
    hosts: [`${name}.test`],
    origins: [member.started.origin, ...(member.started.moreOrigins ?? [])],
    originCa: rootFile,
    dns: { servers: [zoo.dnsServer] },
    ...member.fixture.zone,
    ...more,
  };
}

/** What a gateway in front of fixtures needs to be told. */
export interface FixtureGatewayOptions extends Omit<ConfigFile, "zones"> {
  /** The fixtures, by name or themselves: each gets a zone on `<name>.test`, the first one the default. */
  readonly fixtures: readonly (string | Fixture)[];
  /** Added to every zone. */
  readonly zone?: Partial<ZoneFile>;
}

/** A gateway with its zoo. */
export interface ZooGateway extends TestGateway {
  readonly zoo: Zoo;
  /** Connections that a fixture holds open right now. */
  openConnections(name: string): number;
  /** Requests that a fixture has seen. */
  requestsSeen(name: string): number;
}

/** Starts these fixtures and a gateway in front of them. */
export async function startGateway({
  fixtures,
  zone,
  ...config
}: FixtureGatewayOptions): Promise<ZooGateway> {
  const names = fixtures.map((fixture) => (typeof fixture === "string" ? fixture : fixture.name));
  const zoo = await startZoo({ only: ({ name }) => names.includes(name) });
  // In the order given; what this machine cannot run is in the zoo's leftOut.
  const running = new Set(zoo.members.map(({ fixture }) => fixture.name));
  const runnable = names.filter((name) => running.has(name));
  const folder = mkdtempSync(join(tmpdir(), "edgecase-test-"));
  const rootFile = join(folder, "root.pem");
  writeFileSync(rootFile, zoo.rootPem);
  const started = await startGatewayOn({
    ...config,
    zones: runnable.map((name) => zoneFor(zoo, name, rootFile, zone)),
  });
  const of = (name: string) => zoo.members.find(({ fixture }) => fixture.name === name)?.started;
  const close = async (): Promise<void> => {
    await started.close();
    await zoo.close();
    rmSync(folder, { recursive: true, force: true });
  };
  return {
    ...started,
    zoo,
    openConnections: (name) => of(name)?.openConnections?.() ?? 0,
    requestsSeen: (name) => of(name)?.requests?.() ?? 0,
    close,
    [Symbol.asyncDispose]: close,
  };
}

/** Polls until something is there. */
export async function waitFor<T>(
  look: () => T | undefined | null | false,
  why: string,
  withinMs = 2_000,
): Promise<T> {
  const until = performance.now() + withinMs;
  for (;;) {
    const found = look();
    if (found !== undefined && found !== null && found !== false) return found;
    if (performance.now() > until) throw new Error(why);
    await new Promise((resolve) => {
      setTimeout(resolve, 5);
    });
  }
}
