// `npm run bench`: Edgecase beside its peers, each a process of its own, one after the other in rounds.
// docs/performance.md says how to read what comes out.

import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

import { fill } from "../scripts/pages/fill.ts";
import { readText } from "../scripts/write-files.ts";
import { cases } from "./cases.ts";
import { answering } from "./compare/answering.ts";
import { Children } from "./compare/children.ts";
import { machineOf } from "./compare/machine.ts";
import { type BenchOptions, readOptions } from "./compare/options.ts";
import { choosePinning } from "./compare/pinning.ts";
import { Progress } from "./compare/progress.ts";
import { reportOf } from "./compare/report.ts";
import { runCase } from "./compare/run-case.ts";
import type { CaseResult } from "./compare/sample.ts";
import type { World } from "./compare/world.ts";
import { autocannon } from "./load/autocannon.ts";
import { h2load } from "./load/h2load.ts";
import { wrk } from "./load/wrk.ts";
import { prepareOrigin } from "./origins/origin.ts";
import { allPeers } from "./peers.ts";
import { targets } from "./targets.ts";

const page = "docs/performance.md";
/** As shells have it for a process that a signal has ended. */
const interrupted = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;

const options = readOptions(process.argv.slice(2), {
  cases: cases.map(({ name }) => name),
  peers: allPeers({ isFromSource: false }).map(({ name }) => name),
});
const children = new Children();
const folder = mkdtempSync(join(tmpdir(), "edgecase-bench-"));
let isInterrupted = false;
for (const [signal, code] of Object.entries(interrupted)) {
  process.once(signal, () => {
    isInterrupted = true;
    process.exitCode = code;
    process.stderr.write(`\nbench: ${signal}, so everything ends\n`);
    void end().then(() => process.exit(code));
  });
}
try {
  hand(await run(options));
} catch (error) {
  // Whoever interrupts ends everything, and whatever fails of that is of no interest.
  if (!isInterrupted) throw error;
} finally {
  await end();
}

async function end(): Promise<void> {
  await children[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true, force: true });
}

/** Returns the report. */
async function run(chosen: BenchOptions): Promise<string> {
  const pinning = choosePinning();
  // This process, too, stays off the gateway's core.
  if (pinning.missing === null) spawnSync("taskset", ["-acp", "0", String(process.pid)]);
  const origin = await prepareOrigin(folder);
  const child = children.start(pinning.others(origin.launch));
  await answering({ port: origin.place.http, isSecure: false }, child);
  const wanted = cases.filter(({ name }) => chosen.cases?.includes(name) ?? true);
  const progress = new Progress(wanted, chosen);
  const world: World = {
    peers: allPeers({ isFromSource: chosen.fromSource }).filter(
      ({ name }) => chosen.peers?.includes(name) ?? true,
    ),
    children,
    folder,
    origin: origin.place,
    pinning,
    http1: wrk.version() === null ? autocannon : wrk,
    http2: h2load.version() === null ? null : h2load,
    rounds: chosen.rounds,
    seconds: chosen.seconds,
    warmUpSeconds: chosen.warmUp,
    progress: progress.tell,
  };
  const measured: CaseResult[] = [];
  const report = (): string =>
    reportOf({ measured, targets, machine: machineOf(world, origin.name, chosen) });
  for (const one of wanted) {
    measured.push(await runCase(one, world));
    if (chosen.out !== undefined) writeOut(chosen.out, report()); // Whatever becomes of the rest.
  }
  progress.end();
  return report();
}

/** Puts the report where it is wanted. */
function hand(report: string): void {
  if (options.writeDocs) writeFileSync(page, fill(readText(page), "bench", report.trimEnd()));
  if (options.out === undefined && !options.writeDocs) process.stdout.write(report);
}

function writeOut(file: string, report: string): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, report);
}
