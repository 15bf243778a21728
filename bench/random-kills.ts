// `npm run kills -- --minutes 10 --rate 200`: a gateway, three origins that are killed at random, and an account of every request.
// Exits with 1 if one was lost that could have been saved, or if clients, log and counters tell different stories.

import { parseArgs } from "node:util";

import { failoverTypes } from "../edge-codes/failover.ts";
import type { ConfigFile } from "../src/config/schema.ts";
import { startGatewayProcess } from "../test/helpers/gateway-process.ts";
import { type OriginProcess, startOrigins } from "../test/helpers/origin-process.ts";
import { sumOfSamples } from "../test/helpers/samples.ts";
import { SteadyLoad } from "../test/helpers/steady-load.ts";
import { Killer } from "./kills/killer.ts";
import { randomFrom } from "./kills/random.ts";
import { reckon } from "./kills/reckoning.ts";
import { shotsFrom } from "./kills/shots.ts";
import { tableOf } from "./kills/table.ts";
import { Judge } from "./kills/why-lost.ts";

const host = "kills.test";
/** Seconds between two checks of an origin, and for one, which may be late on a busy machine. */
const monitor = { path: "/health", interval: 1, timeout: 1, consecutiveDown: 2 };
const timeouts = { connectMs: 3_000, responseMs: 5_000, bodyIdleMs: 5_000, writeMs: 5_000 };
/** More than all deadlines of one request together, another origin's included. */
const longestMs = 30_000;

const { values: flags } = parseArgs({
  options: {
    minutes: { type: "string", default: "10" },
    rate: { type: "string", default: "200" },
    seed: { type: "string", default: "1" },
    /** Failure types after which another origin is tried, besides the CDN's. */
    also: { type: "string", multiple: true, default: [] },
  },
});
const minutes = Number(flags.minutes);
const perSecond = Number(flags.rate);
const seed = Number(flags.seed);
if (![minutes, perSecond, seed].every((value) => value > 0)) {
  process.stderr.write("kills: --minutes, --rate and --seed take a number above 0\n");
  process.exit(2);
}
process.exitCode = await run([...failoverTypes, ...flags.also]);

/** Returns the exit code. */
async function run(types: readonly string[]): Promise<number> {
  await using origins = await startOrigins("a", "b", "c");
  await using gateway = await startGatewayProcess(configFor(origins.all, types));
  const killer = new Killer(origins.all, randomFrom(seed));
  const load = new SteadyLoad({
    port: gateway.port,
    host,
    perSecond,
    shot: shotsFrom(randomFrom(seed + 1)),
    longestMs,
  });

  await killer.rageUntil(Date.now() + minutes * 60_000);
  const answers = await load.end();
  const metrics = await gateway.ask("/metrics");
  await gateway.close();

  const retries = (kind: string): number =>
    sumOfSamples(metrics, "edgecase_retries_total", { kind });
  const rules = {
    failoverTypes: new Set(types),
    retries: 1,
    replayBytes: 65_536,
    knownAfterMs: 2_000 * monitor.interval,
  };
  const judge = new Judge(rules, killer, retries("over_budget"));
  const reckoning = reckon({ answers, lines: gateway.lines, metrics }, judge);
  const facts = {
    seed,
    "requests a second": perSecond,
    kills: killer.outages.length,
    "retries, same origin": retries("same_origin"),
    "retries, another origin": retries("another_origin"),
    "retries over budget": retries("over_budget"),
    "origins taken out": sumOfSamples(metrics, "edgecase_origin_ejections_total"),
  };
  process.stdout.write(tableOf(reckoning, facts));
  return reckoning.unexplained.length + reckoning.complaints.length === 0 ? 0 : 1;
}

/** All else is as it comes. */
function configFor(origins: readonly OriginProcess[], types: readonly string[]): ConfigFile {
  return {
    timeouts,
    zones: [
      {
        hosts: [host],
        origins: origins.map(({ url }) => url),
        steering: "round_robin",
        monitor,
        failover: { on: [...types] },
      },
    ],
  };
}
