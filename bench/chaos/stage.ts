// Everybody who takes part: two zones' origins, the resolver that knows the second zone's name, and the gateway, each a process.

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { makeCertificates } from "../../fixtures/tls/certificates.ts";
import type { ZoneFile } from "../../src/config/schema.ts";
import { type GatewayProcess, startGatewayProcess } from "../../test/helpers/gateway-process.ts";
import type { KillableProcess } from "../../test/helpers/killable-process.ts";
import { type OriginCertificate, OriginProcess } from "../../test/helpers/origin-process.ts";
import { startResolverProcess } from "./victims.ts";

/** Three origins by their address: whatever is lost there is judged. */
export const host = "kills.test";
/** Two origins with TLS, behind a name: whatever happens there ends in time, and has a name. */
export const namedHost = "chaos.test";
const originName = "origin.chaos.test";

/** Seconds between two checks of an origin, and for one, which may be late on a busy machine. */
const monitor = { path: "/health", interval: 1, timeout: 1, consecutiveDown: 2 };
/** After which an origin that is up again has to be known to be. */
export const knownAfterMs = 2_000 * monitor.interval;

export const timeouts = {
  dnsMs: 2_000,
  connectMs: 3_000,
  handshakeMs: 3_000,
  responseMs: 5_000,
  bodyIdleMs: 5_000,
  writeMs: 5_000,
};

/** What there is a choice of. */
export interface StageOptions {
  /** Failure types after which another origin is tried. */
  readonly types: readonly string[];
  /** Processes of the gateway that take requests; 0 has it take them itself. */
  readonly workers: number;
}

/** Everybody, running. */
export interface Stage extends AsyncDisposable {
  readonly gateway: GatewayProcess;
  readonly origins: readonly OriginProcess[];
  readonly named: readonly OriginProcess[];
  readonly resolver: KillableProcess;
}

/** Starts everybody. */
export async function setStage({ types, workers }: StageOptions): Promise<Stage> {
  const folder = mkdtempSync(join(tmpdir(), "edgecase-chaos-"));
  const certificate = await writeCertificate(folder);
  const [resolver, origins, named] = await Promise.all([
    startResolverProcess(),
    Promise.all(["a", "b", "c"].map((name) => OriginProcess.start(name))),
    Promise.all(["d", "e"].map((name) => OriginProcess.start(name, certificate))),
  ]);
  const endAll = async (): Promise<void> => {
    await Promise.all([resolver, ...origins, ...named].map((one) => one.kill()));
    rmSync(folder, { recursive: true, force: true });
  };
  const common: Partial<ZoneFile> = {
    steering: "round_robin",
    monitor,
    failover: { on: [...types] },
  };
  const zones: ZoneFile[] = [
    { ...common, hosts: [host], origins: origins.map(({ url }) => url) },
    {
      ...common,
      hosts: [namedHost],
      origins: named.map((origin) => origin.urlAt(originName)),
      originCa: join(folder, "root.pem"),
      dns: { servers: [`127.0.0.1:${resolver.port}`] },
    },
  ];
  const args = workers === 0 ? [] : ["--workers", String(workers)];
  try {
    const gateway = await startGatewayProcess({ timeouts, zones }, { args });
    const close = (): Promise<void> => gateway.close().finally(endAll);
    return { gateway, origins, named, resolver, [Symbol.asyncDispose]: close };
  } catch (error) {
    await endAll();
    throw error;
  }
}

async function writeCertificate(folder: string): Promise<OriginCertificate> {
  const certificates = await makeCertificates(originName);
  const pair = await certificates.pair("good");
  const files = { cert: join(folder, "cert.pem"), key: join(folder, "key.pem") };
  writeFileSync(files.cert, pair.cert);
  writeFileSync(files.key, pair.key);
  writeFileSync(join(folder, "root.pem"), certificates.rootPem);
  return files;
}
