// `edgecase serve`: zones from a file, one origin from the command line, or, with neither, the demo.

import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import type { Zoo } from "../../fixtures/zoo.ts";
import type { ReadConfig } from "../config/check-config.ts";
import { ConfigError, describe } from "../config/config-error.ts";
import { type ConfigFlags, readWithFlags, withEnvironment, workersOf } from "../config/flags.ts";
import type { GatewayConfig } from "../config/gateway-config.ts";
import { resolveConfig } from "../config/resolve.ts";
import type { Gateway } from "../gateway.ts";
import { keepObjectsYoung } from "./keep-objects-young.ts";
import { Reloader } from "./reloader.ts";
import { run, type Running } from "./run.ts";

/** Flags of the command, as commander gives them. */
export type ServeOptions = ConfigFlags;

/** Serves until the process ends. */
export async function serve(options: ServeOptions): Promise<void> {
  keepObjectsYoung();
  const flags = withEnvironment(options);
  const workers = workersOf(flags);
  const file = flags.config ?? null;
  const reloader = await Reloader.of(file);
  const read = await readWithFlags(flags);
  if (isWithoutZones(read)) return serveDemo(read, flags, reloader);

  const config = resolveConfig(read, file);
  const load = async (): Promise<GatewayConfig> =>
    resolveConfig(await readAgain(flags, false), file);
  const { urls, adminUrl } = await run(config, { reloader, load, workers });
  say(
    [
      ...config.warnings.map((warning) => `warning: ${describe(file, warning)}`),
      `${urls[0] ?? ""} serves ${config.zones.length === 1 ? "one zone" : `${config.zones.length} zones`}`,
      ...overHttps(urls),
      ...byWorkers(workers),
    ],
    adminUrl,
  );
}

/** Reads the file anew. Whether it has zones decides between them and the demo, once, when the command starts. */
async function readAgain(flags: ConfigFlags, isDemo: boolean): Promise<ReadConfig> {
  const read = await readWithFlags(flags);
  if (isWithoutZones(read) === isDemo) return read;
  const rule = isDemo
    ? "cannot take the place of the demo without a restart"
    : "must not be empty: without zones the demo is served, which takes a restart";
  throw new ConfigError(flags.config ?? null, [{ path: "zones", rule }]);
}

function isWithoutZones({ config }: ReadConfig): boolean {
  return (config.zones ?? []).length === 0;
}

/** What the demo's page shows and changes, and what waits until a change is in force. */
interface Prepared {
  readonly gateway: Gateway;
  readonly settled: () => Promise<void>;
}

async function serveDemo(read: ReadConfig, flags: ConfigFlags, reloader: Reloader): Promise<void> {
  // Hundreds of files that nobody needs who serves an app of their own.
  const [{ startZoo }, { demoConfig }, { startDemoServer }] = await Promise.all([
    import("../../fixtures/zoo.ts"),
    import("../demo/config.ts"),
    import("../demo/server.ts"),
  ]);
  const zoo = await startZoo();
  const workers = workersOf(flags);
  let prepared: Prepared | null = null;
  let dashboardUrl: string | null = null;
  const index = await startDemoServer({
    fixtures: zoo.members.map(({ fixture }) => fixture),
    errors: () => whatIs(prepared).gateway.settings.errors,
    dashboardUrl: () => dashboardUrl,
    change: async (change) => {
      const { gateway, settled } = whatIs(prepared);
      gateway.settings.change(change);
      await settled();
    },
  });
  const demoOn = ({ config, lineOf }: ReadConfig): Promise<GatewayConfig> =>
    withRootFile(zoo, (rootFile) => {
      const demo = demoConfig(config, zoo, index.origin, rootFile);
      const resolved = resolveConfig({ config: demo, lineOf }, flags.config ?? null);
      return { ...resolved, files: resolved.files.filter((file) => file !== rootFile) };
    });
  const running: Running = await run(await demoOn(read), {
    reloader,
    load: async () => demoOn(await readAgain(flags, true)),
    beside: { close: () => Promise.all([zoo.close(), index.close()]).then(() => {}) },
    prepare: (gateway, settled) => {
      prepared = { gateway, settled };
    },
    workers,
  });
  dashboardUrl = running.adminUrl;
  say(
    [
      `${running.urls[0] ?? ""} is the demo: ${zoo.members.length} origins, most of them broken`,
      ...overHttps(running.urls),
      ...byWorkers(workers),
      `try: curl -i -H 'Host: expired.localhost' -H 'Accept: text/plain' ${running.urls[0] ?? ""}`,
      "your own app: edgecase --origin http://localhost:3000",
    ],
    running.adminUrl,
  );
}

/** The config names files; the zoo's root is in memory. The file is gone as soon as it was read. */
async function withRootFile<T>(zoo: Zoo, use: (file: string) => T): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), "edgecase-"));
  try {
    const file = join(folder, "root.pem");
    await writeFile(file, zoo.rootPem, { mode: 0o600 });
    return use(file);
  } finally {
    await rm(folder, { recursive: true });
  }
}

function whatIs(prepared: Prepared | null): Prepared {
  if (prepared === null)
    throw new Error("the demo's page was asked for before the gateway was there");
  return prepared;
}

/** The second address, if there is one: HTTPS stands behind HTTP. */
function overHttps([, secure]: readonly string[]): string[] {
  return secure === undefined
    ? []
    : [`${secure} is the same over HTTPS; edgecase ca says how to trust its certificates`];
}

function byWorkers(workers: number | null): string[] {
  return workers === null
    ? []
    : [`${workers} ${workers === 1 ? "worker takes" : "workers take"} the requests`];
}

function say(lines: readonly string[], adminUrl: string | null): void {
  const all =
    adminUrl === null
      ? lines
      : [...lines, `${adminUrl} is the dashboard, ${adminUrl}metrics has the metrics`];
  process.stderr.write(`${all.map((line) => `edgecase: ${line}`).join("\n")}\n`);
}
