// Edgecase as it is built: the access log goes to a file, all metrics are counted, and the admin port is open.

import { spawnSync } from "node:child_process";
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import type { Launch, Peer, Setup } from "../compare/peer.ts";
import type { ConfigFile } from "../../src/config/schema.ts";
import { version } from "../../src/version.ts";

const built = fileURLToPath(new URL("../../dist/src/cli.js", import.meta.url));
const source = fileURLToPath(new URL("../../src/cli.ts", import.meta.url));
const withoutMetrics = fileURLToPath(new URL("edgecase-without-metrics.mjs", import.meta.url));

/** Edgecase; from its sources for tests, where no figure counts. */
export function edgecase({ isFromSource }: { readonly isFromSource: boolean }): Peer {
  const command = isFromSource ? ["--import", "tsx", source] : [built];
  return {
    name: "edgecase",
    kind: "edgecase",
    config: isFromSource
      ? "from its sources: figures mean nothing"
      : "access log to a file, all metrics, admin port open",
    version: () => (isFromSource || existsSync(built) ? version : null),
    cannot: ({ workers }) =>
      workers > 1 && !knowsWorkers(command) ? "`edgecase serve` knows no `--workers` yet" : null,
    launch: (setup) => launch(command, setup),
  };
}

function launch(command: readonly string[], setup: Setup): Launch {
  const { records, workers, folder, port } = setup;
  const file = join(folder, `edgecase-${port}.json`);
  writeFileSync(file, JSON.stringify(configOf(setup)));
  return {
    program: process.execPath,
    args: [
      ...(records.metrics ? [] : ["--import", withoutMetrics]),
      ...command,
      "serve",
      "--config",
      file,
      ...(workers > 1 ? ["--workers", String(workers)] : []),
    ],
  };
}

/** The hosts of so many zones. */
export function zoneHosts(zones: number): readonly string[] {
  return Array.from({ length: zones }, (_, zone) => `zone-${zone}.bench.test`);
}

function configOf({ port, origin, originCa, tls, zones, records }: Setup): ConfigFile {
  return {
    listen: {
      http: tls === null ? port : false,
      https: tls === null ? false : port,
      certificates: tls === null ? [] : [tls],
    },
    admin: { port: records.recent ? 0 : false },
    log: { level: records.log ? "info" : "silent" },
    // 8,000 clients that wait at the same time are refused otherwise.
    limits: { originQueue: 10_000 },
    zones: zoneHosts(zones).map((host) => ({
      hosts: [host],
      origins: [`${origin.scheme}://127.0.0.1:${origin.port}`],
      ...(origin.scheme === "https" && { originCa }),
    })),
  };
}

function knowsWorkers(command: readonly string[]): boolean {
  const { stdout } = spawnSync(process.execPath, [...command, "serve", "--help"], {
    encoding: "utf8",
  });
  return stdout.includes("--workers");
}
