// `edgecase zoo`: the broken origins alone, for other gateways and clients to be tried on.

import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";

import closeWithGrace from "close-with-grace";

import type { Expectation } from "../../fixtures/fixture.ts";
import { startZoo, type Zoo } from "../../fixtures/zoo.ts";
import { poolZones, zooConfig } from "../demo/config.ts";

/** Flags of the command, as commander gives them. */
export interface ZooCommandOptions {
  readonly json?: boolean;
  readonly configFolder?: string;
}

/** Starts the zoo, prints a table of fault, address and expected failure, and stays until the process ends. */
export async function zoo(options: ZooCommandOptions): Promise<void> {
  const { configFolder = null } = options;
  if (configFolder !== null) await withdrawConfig(configFolder); // An earlier zoo's, perhaps.
  const running = await startZoo();
  closeWithGrace({ delay: 5_000 }, async () => {
    if (configFolder !== null) await withdrawConfig(configFolder);
    await running.close();
  });
  if (configFolder !== null) await writeConfig(configFolder, running);

  const rows = running.members.map(({ fixture, started }) => ({
    fault: fixture.name,
    phase: fixture.phase,
    origins: [started.origin, ...(started.moreOrigins ?? [])],
    expects: fixture.expects,
    summary: fixture.summary,
    ...(fixture.zone !== undefined && { zone: fixture.zone }),
  }));
  if (options.json === true) {
    process.stdout.write(
      `${JSON.stringify({ resolver: running.dnsServer, hostName: running.hostName, rootPem: running.rootPem, origins: rows })}\n`,
    );
    return;
  }
  const [nameWidth, originWidth] = [Math.max(...rows.map(({ fault }) => fault.length)), 44];
  for (const { fault, phase, origins, expects } of rows) {
    process.stdout.write(
      `${phase.padEnd(4)} ${fault.padEnd(nameWidth)} ${origins.join(" ").padEnd(originWidth)} ${describe(expects)}\n`,
    );
  }
  process.stderr.write(
    `edgecase: ${rows.length} origins; their names resolve at ${running.dnsServer}\n`,
  );
  for (const { fixture, why } of running.leftOut)
    process.stderr.write(`edgecase: without ${fixture.name}: ${why}\n`);
}

const configName = "edgecase.json";
const rootName = "root.pem";

/** The configuration comes last, and whole: who sees it there may start a gateway on it. */
async function writeConfig(folder: string, running: Zoo): Promise<void> {
  const unfinished = join(folder, `${configName}.part`);
  const config = zooConfig(running, rootName);
  config.zones.push(...poolZones(running, rootName));
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, rootName), running.rootPem);
  await writeFile(unfinished, `${JSON.stringify(config, null, 2)}\n`);
  await rename(unfinished, join(folder, configName));
}

async function withdrawConfig(folder: string): Promise<void> {
  await rm(join(folder, configName), { force: true });
}

function describe(expects: Expectation): string {
  if ("status" in expects) return `${expects.status}`;
  return `${expects.failure}${expects.reason === undefined ? "" : `/${expects.reason}`}${expects.late === true ? " (late)" : ""}`;
}
