// `npm run fuzz -- --runs 100000 --seed 7`: origins whose responses are damaged in structure and byte by byte, before the reader by itself
// and before a gateway in a process of its own. Exits with 1 if a promise of docs/reliability.md was broken, and says of the least bytes
// that break it.

import { parseArgs } from "node:util";

import type { Figures } from "./fuzz/figures.ts";
import { figuresTable } from "./fuzz/figures-table.ts";
import { startHttp1Scenario } from "./fuzz/http1-scenario.ts";
import { startHttp2Scenario } from "./fuzz/http2-scenario.ts";
import { startReaderScenario } from "./fuzz/reader-scenario.ts";
import { type Scenario, storm } from "./fuzz/scenario.ts";

/** How often a line of progress is written, in milliseconds. */
const progressMs = 5_000;

/** Each with as many damaged responses as it is tried with unless told. */
const levels = {
  reader: { start: startReaderScenario, runs: 100_000 },
  http1: { start: startHttp1Scenario, runs: 5_000 },
  http2: { start: startHttp2Scenario, runs: 5_000 },
} as const;
type Level = keyof typeof levels;

const protocols: Readonly<Record<string, readonly Level[]>> = {
  all: ["reader", "http1", "http2"],
  both: ["http1", "http2"],
  reader: ["reader"],
  http1: ["http1"],
  http2: ["http2"],
};

const help = `npm run fuzz -- [options]

Damages the responses of origins, and sees what the gateway makes of them.

  --runs N        damaged responses for each level (${levels.reader.runs} without sockets, ${levels.http1.runs} with)
  --seed S        a whole number; the same one has the same responses (1)
  --protocol P    http1 or http2, over sockets; both; reader: the bytes of HTTP/1.1 without sockets; all (all)
  --help          this text
`;

process.exitCode = await run();

/** Returns the exit code. */
async function run(): Promise<number> {
  const options = readOptions();
  if (typeof options === "string") {
    process.stderr.write(`fuzz: ${options}\n`);
    return 2;
  }
  if (options === null) {
    process.stdout.write(help);
    return 0;
  }
  const figures = new Map<string, Figures>();
  const found: string[] = [];
  for (const level of options.levels) {
    const { start, runs } = levels[level];
    // oxlint-disable-next-line no-await-in-loop -- Each has the machine to itself.
    const said = await attack(
      { name: level, start, figures },
      { runs: options.runs ?? runs, seed: options.seed },
    );
    if (said !== null) found.push(`${level}: ${said}`);
  }
  process.stdout.write(figuresTable(figures));
  for (const one of found) process.stdout.write(`not right: ${one}\n`);
  return found.length === 0 ? 0 : 1;
}

/** Plans are nobody's to read but the scenario's. */
type Startable = Scenario<unknown> | Promise<Scenario<unknown>>;

interface Attack {
  readonly name: Level;
  readonly start: () => Startable;
  readonly figures: Map<string, Figures>;
}

async function attack(
  { name, start, figures }: Attack,
  { runs, seed }: { runs: number; seed: number },
): Promise<string | null> {
  process.stderr.write(`${name}: ${runs} damaged responses, --seed ${seed}\n`);
  await using scenario = await start();
  figures.set(name, scenario.figures);
  let toldAt = performance.now();
  const onProgress = (): void => {
    if (performance.now() - toldAt < progressMs) return;
    toldAt = performance.now();
    const { damaged, good } = scenario.figures;
    process.stderr.write(`${name}: ${damaged} of ${runs} damaged, ${good} good\n`);
  };
  return await storm(scenario, { runs, seed, onProgress }); // It is not to be closed before.
}

interface Options {
  readonly levels: readonly Level[];
  readonly runs: number | null;
  readonly seed: number;
}

/** What is to be done; null if only help is wanted, a sentence if it cannot be done. */
function readOptions(): Options | string | null {
  try {
    const { values } = parseArgs({
      options: {
        runs: { type: "string" },
        seed: { type: "string", default: "1" },
        protocol: { type: "string", default: "all" },
        help: { type: "boolean", default: false },
      },
    });
    const { runs, seed, protocol } = values;
    if (values.help) return null;
    const wanted = Object.hasOwn(protocols, protocol) ? protocols[protocol] : undefined;
    if (wanted === undefined)
      return `--protocol takes ${Object.keys(protocols).join(", ")}, not "${protocol}"`;
    if (runs !== undefined && !/^[1-9]\d{0,8}$/.test(runs))
      return `--runs takes a whole number above 0, not "${runs}"`;
    if (!/^\d{1,9}$/.test(seed)) return `--seed takes a whole number, not "${seed}"`;
    return { levels: wanted, runs: runs === undefined ? null : Number(runs), seed: Number(seed) };
  } catch (error) {
    return (error as Error).message;
  }
}
