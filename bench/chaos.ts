// `npm run chaos -- --minutes 10 --rate 200`: a gateway, five origins and a resolver, each a process of its own, killed at random, and an
// account of every request. Exits with 1 if one hung, if nobody knows why it failed, if one was lost that could have been saved, or if
// clients, log and counters tell different stories.

import { parseArgs } from "node:util";

import { failoverTypes } from "../edge-codes/failover.ts";
import { sumOfSamples } from "../test/helpers/samples.ts";
import { type Answer, type Shot, SteadyLoad } from "../test/helpers/steady-load.ts";
import { tollOf } from "./chaos/promises.ts";
import { host, knownAfterMs, namedHost, setStage, type Stage, timeouts } from "./chaos/stage.ts";
import { tollTable } from "./chaos/toll-table.ts";
import { AnyWorker, Chaos } from "./chaos/victims.ts";
import { Killer } from "./kills/killer.ts";
import { randomFrom } from "./kills/random.ts";
import { reckon } from "./kills/reckoning.ts";
import { shotsFrom } from "./kills/shots.ts";
import { tableOf } from "./kills/table.ts";
import { Judge } from "./kills/why-lost.ts";

/** All deadlines of one request together, another origin's included, and as much again for a busy machine. */
const longestMs = 2 * 2 * Object.values(timeouts).reduce((sum, ms) => sum + ms, 0);
/** A third of the requests for named origins are their connection's last, so that there is always a handshake to break. */
const lastOften = 1 / 3;
/** Of requests that a worker had, so many may be without a line each time that one is killed. */
const withoutLinePerKill = 3;

const { values: flags } = parseArgs({
  options: {
    minutes: { type: "string", default: "10" },
    rate: { type: "string", default: "200" },
    seed: { type: "string", default: "1" },
    /** Failure types after which another origin is tried, besides the CDN's. */
    also: { type: "string", multiple: true, default: [] },
    /** Processes of the gateway that take requests, and are killed as well; with 0 it takes them itself. */
    workers: { type: "string", default: "0" },
  },
});
const minutes = Number(flags.minutes);
const perSecond = Number(flags.rate);
const seed = Number(flags.seed);
const workers = Number(flags.workers);
const types = [...failoverTypes, ...flags.also];
if (![minutes, perSecond, seed, workers + 1].every((value) => value > 0)) {
  process.stderr.write("chaos: --minutes, --rate and --seed take a number above 0\n");
  process.exit(2);
}
process.exitCode = await run();

/** What came of a run, apart from the log. */
interface Outcome {
  readonly answers: readonly Answer[];
  readonly namedAnswers: readonly Answer[];
  readonly killer: Killer;
  readonly chaos: Chaos;
  readonly metrics: string;
}

/** Returns the exit code. */
async function run(): Promise<number> {
  const stage = await setStage({ types, workers });
  const outcome = await play(stage).finally(() => stage[Symbol.asyncDispose]()); // Only then is the log whole.
  const complaints = report(stage, outcome);
  return complaints === 0 ? 0 : 1;
}

async function play({ gateway, origins, named, resolver }: Stage): Promise<Outcome> {
  const killer = new Killer(origins, randomFrom(seed));
  const random = randomFrom(seed + 3);
  const crew = workers === 0 ? [] : [new AnyWorker(gateway.pid, random)];
  const chaos = new Chaos([...named, resolver, ...crew], random);
  const load = (name: string, chance: number, closing: number): SteadyLoad =>
    new SteadyLoad({
      port: gateway.port,
      host: name,
      perSecond: perSecond / 2,
      shot: shotsWith(closing, randomFrom(chance)),
      longestMs,
    });
  const loads = [load(host, seed + 1, 0), load(namedHost, seed + 2, lastOften)];

  const end = Date.now() + minutes * 60_000;
  await Promise.all([killer.rageUntil(end), chaos.rageUntil(end)]);
  const [answers = [], namedAnswers = []] = await Promise.all(loads.map((one) => one.end()));
  return { answers, namedAnswers, killer, chaos, metrics: await gateway.ask("/metrics") };
}

/** The usual mixture, of which so many are to be their connection's last at the origin. */
function shotsWith(closing: number, random: () => number): (number: number) => Shot {
  const shots = shotsFrom(random);
  return (number) => {
    const shot = shots(number);
    return random() < closing ? { ...shot, path: `${shot.path}&close` } : shot;
  };
}

/** Prints what came of it, and returns how much there is to complain of. */
function report({ gateway }: Stage, outcome: Outcome): number {
  const { answers, namedAnswers, killer, chaos, metrics } = outcome;
  const ofZone = (zone: string) => gateway.lines.filter((line) => line["zone"] === zone);
  const bounds = { longestMs, withoutLine: withoutLinePerKill * (chaos.kills["worker"] ?? 0) };
  const tolls = [
    tollOf(answers, ofZone(host), bounds),
    tollOf(namedAnswers, ofZone(namedHost), bounds),
  ];
  const [toll, namedToll] = tolls as [ReturnType<typeof tollOf>, ReturnType<typeof tollOf>];
  let complaints = toll.complaints.length + namedToll.complaints.length;

  const retries = (kind: string): number =>
    sumOfSamples(metrics, "edgecase_retries_total", { zone: host, kind });
  const facts = { seed, "requests a second": perSecond, kills: killer.outages.length };
  // Who had a worker die under it could not have been saved; nobody but the log knows which those were.
  if (workers === 0) {
    const rules = { failoverTypes: new Set(types), retries: 1, replayBytes: 65_536, knownAfterMs };
    const judge = new Judge(rules, killer, retries("over_budget"));
    const reckoning = reckon({ zone: host, answers, lines: ofZone(host), metrics }, judge);
    complaints += reckoning.unexplained.length + reckoning.complaints.length;
    const more = {
      ...facts,
      "retries, same origin": retries("same_origin"),
      "retries, another origin": retries("another_origin"),
      "retries over budget": retries("over_budget"),
      "origins taken out": sumOfSamples(metrics, "edgecase_origin_ejections_total", { zone: host }),
    };
    process.stdout.write(tableOf(reckoning, more));
  } else process.stdout.write(tollTable("origins by address", toll, facts));
  const killed = Object.entries(chaos.kills).map(([name, count]) => [`killed: ${name}`, count]);
  process.stdout.write(
    `\n${tollTable("origins by name, over TLS", namedToll, Object.fromEntries(killed))}`,
  );
  return complaints;
}
