// `npm run soak -- --minutes 10`: the whole zoo and a good zone behind one gateway, each in a process of its own, with steady traffic. One
// request in ten is for the zoo: in half of the time for a broken origin, in the other for one that works. Exits with 1 if a promise of
// docs/reliability.md was broken.

import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { parseArgs } from "node:util";

import { startEdgecase } from "../test/helpers/edgecase-command.ts";
import { startGatewayProcess } from "../test/helpers/gateway-process.ts";
import { startOrigins } from "../test/helpers/origin-process.ts";
import { isolationOf, type Percentiles } from "./soak/isolation.ts";
import { type Course, ProcessWatch } from "./soak/process-watch.ts";
import { traffic } from "./soak/traffic.ts";
import { brokenPromises, strayDescriptors } from "./soak/verdict.ts";
import { zooZones } from "./soak/zoo-zones.ts";

const host = "soak.test";
/** Promises that were broken are told one by one up to so many. */
const mostTold = 20;
/** For which connections that idle may stay open on a busy machine, in milliseconds. */
const settlingMs = 30_000;
/** Longer than the zoo's own: what works must not fail because the machine is busy. */
const timeouts = {
  dnsMs: 5_000,
  connectMs: 5_000,
  handshakeMs: 5_000,
  responseMs: 5_000,
  bodyIdleMs: 5_000,
  writeMs: 5_000,
  keepAliveMs: 2_000,
};

const { values: flags } = parseArgs({
  options: {
    minutes: { type: "string", default: "10" },
    rate: { type: "string", default: "100" },
    seed: { type: "string", default: "1" },
  },
});
const minutes = Number(flags.minutes);
const perSecond = Number(flags.rate);
const seed = Number(flags.seed);
if (![minutes, perSecond, seed].every((value) => value > 0)) {
  process.stderr.write("soak: --minutes, --rate and --seed take a number above 0\n");
  process.exit(2);
}
process.exitCode = await run();

/** Returns the exit code. */
async function run(): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), "edgecase-soak-"));
  await using zoo = startEdgecase(["zoo", "--config-folder", folder]);
  const ended = zoo.ended.then(() => Promise.reject(new Error(zoo.said())));
  ended.catch(() => {}); // Only at the start does anybody wait for it.
  try {
    while (!existsSync(join(folder, "edgecase.json"))) await Promise.race([pause(50), ended]);
    return await soak(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function soak(folder: string): Promise<number> {
  const { zones, names } = zooZones(folder);
  await using origins = await startOrigins("a");
  const longest = { responseMs: 60_000, bodyIdleMs: 60_000, writeMs: 60_000 };
  const good = { hosts: [host], origins: [origins.a.url], timeouts: longest };
  await using gateway = await startGatewayProcess({ timeouts, zones: [good, ...zones] });
  const watch = new ProcessWatch(gateway.pid);
  const lastingMs = minutes * 60_000;
  const seen = await traffic({ port: gateway.port, host, perSecond, seed, lastingMs, names });
  const descriptorsAfter = await settled(watch);
  watch.stop();
  const metrics = await gateway.ask("/metrics");
  await gateway.close();

  const { megabytes, descriptors } = watch;
  const isolation = isolationOf(seen.good, gateway.lines, seen.windows);
  const broken = brokenPromises(
    { ...seen, lines: gateway.lines, metrics },
    { minutes, megabytes, descriptors, descriptorsAfter },
    isolation,
  );
  const facts = {
    seed,
    minutes,
    "requests a second": perSecond,
    "requests, good zone": seen.good.length,
    "requests, zoo": seen.faults.length,
    "origins of the zoo": new Set(seen.faults.map(({ fixture }) => fixture)).size,
    "good zone, no faults": percentilesText(isolation.calm),
    "good zone, faults": percentilesText(isolation.stormy),
    memory: courseText(megabytes, "MB"),
    descriptors: `${courseText(descriptors, "")}, ${descriptorsAfter} at last`,
    "promises broken": broken.length,
  };
  const rows = Object.entries(facts).map(([name, value]) => `${name.padEnd(26)}${String(value)}`);
  const told = broken.slice(0, mostTold).map((sentence) => `not right: ${sentence}`);
  process.stdout.write(`${[...rows, ...told].join("\n")}\n`);
  return broken.length === 0 ? 0 : 1;
}

/** The least descriptors, once hardly more are open than at first, or nothing more closes. */
async function settled(watch: ProcessWatch): Promise<number> {
  const until = performance.now() + settlingMs;
  const enough = watch.descriptors.first + strayDescriptors;
  let least = Infinity;
  for (; performance.now() < until && least > enough; await pause(200))
    least = Math.min(least, watch.descriptorsNow());
  return least;
}

function percentilesText({ half, p99, clientP99 }: Percentiles): string {
  return `half within ${half} ms, 99 % within ${p99} ms (by the client's clock ${clientP99} ms)`;
}

function courseText({ first, most, last, perMinute }: Course, unit: string): string {
  const amount = (value: number): string => `${Math.round(value)} ${unit}`.trim();
  const slope = `${perMinute >= 0 ? "+" : ""}${perMinute.toFixed(2)} ${unit}`.trim();
  return `${amount(first)} at first, ${amount(most)} at most, ${amount(last)} at the end, ${slope} a minute`;
}
