// The runner: starts all contestants of a case, warms each up, and lets them take their turns in rounds.

import { rmSync } from "node:fs";
import { join } from "node:path";

import type { Generator, LoadPlan, LoadResult } from "../load/load.ts";
import { answering } from "./answering.ts";
import type { Case, Contestant } from "./case.ts";
import type { Child } from "./children.ts";
import { freePort } from "./free-port.ts";
import type { Peer, Setup } from "./peer.ts";
import { type CaseResult, labelOf, type Result, type Sample } from "./sample.ts";
import { type Usage, usageOf } from "./usage.ts";
import { mostOpenFiles, type World } from "./world.ts";

/** A contestant that runs. */
interface Entrant {
  readonly contestant: Contestant;
  readonly peer: Peer;
  readonly plan: LoadPlan;
  readonly port: number;
  /** Null for one that needs no process. */
  readonly child: Child | null;
  readonly status: number;
  readonly startMb: number | null;
  readonly samples: Sample[];
}

/** Besides one socket to each client and one to the origin for each. */
const otherFiles = 200;
/** So many requests warm a program up, unless that would take this many times as long as the first load. */
const warmRequests = 20_000;
const mostWarmUps = 8;
const recordsAll = { log: true, metrics: true, recent: true };

/** Runs it. Contestants whose peer is not among the world's are left out; the others run, or say why they do not. */
export async function runCase(of: Case, world: World): Promise<CaseResult> {
  const contestants = of.contestants.filter(({ peer }) => peerOf(peer, world) !== undefined);
  const generator = of.setup?.http2 === true ? world.http2 : world.http1;
  const missing = generator === null ? "h2load (Debian: nghttp2-client) is missing" : tooMany(of);
  await using race = new Race(of, world);
  const skipped = new Map<Contestant, string>();
  for (const contestant of contestants) {
    const why = missing ?? race.whyNot(contestant);
    if (why === null) await race.enter(contestant);
    else skipped.set(contestant, why);
  }
  if (generator !== null) await race.run(generator);
  const results = contestants.map((contestant) =>
    race.resultOf(contestant, skipped.get(contestant) ?? null),
  );
  return { of, results };
}

function peerOf(name: string, world: World): Peer | undefined {
  return world.peers.find((peer) => peer.name === name);
}

function tooMany({ load }: Case): string | null {
  const needed = 2 * load.connections + otherFiles;
  const most = mostOpenFiles();
  return needed <= most ? null : `takes ${needed} open files (ulimit -n), and ${most} may be`;
}

class Race implements AsyncDisposable {
  readonly #of: Case;
  readonly #world: World;
  readonly #entrants: Entrant[] = [];

  constructor(of: Case, world: World) {
    this.#of = of;
    this.#world = world;
  }

  whyNot({ peer: name }: Contestant): string | null {
    const peer = peerOf(name, this.#world);
    if (peer === undefined || peer.version() === null) return `${name} is not installed`;
    return peer.cannot?.({ http2: false, workers: 1, ...this.#of.setup }) ?? null;
  }

  /** Starts one. Rejects if it does not answer as it should. */
  async enter(contestant: Contestant): Promise<void> {
    const { children, pinning, folder } = this.#world;
    const peer = peerOf(contestant.peer, this.#world);
    if (peer === undefined) throw new Error(`there is no ${contestant.peer}`);
    this.#world.progress(`${this.#of.name}: ${labelOf(contestant)} starts`);
    const setup = await this.#setupFor(contestant);
    const launch = peer.launch(setup);
    const port = launch === null ? this.#world.origin.http : setup.port;
    const child =
      launch === null
        ? null
        : children.start(pinning.gateway(launch, setup.workers), {
            stdoutFile: join(folder, `${port}.log`),
            env: { EDGECASE_HOME: join(folder, "home") },
          });
    const plan = { ...this.#of.load, ...contestant.load };
    const [host] = plan.hosts ?? [];
    const status = await answering({ port, isSecure: setup.tls !== null, host }, child);
    if (status !== 200 && !(status >= 500 && this.#of.failsAtOrigin === true))
      throw new Error(`${labelOf(contestant)} answers ${status} in ${this.#of.name}`);
    const startMb = child === null ? null : (usageOf(child.pid)?.peakMb ?? null);
    this.#entrants.push({ contestant, peer, plan, port, child, status, startMb, samples: [] });
  }

  async run(generator: Generator): Promise<void> {
    const { rounds, seconds, warmUpSeconds, progress } = this.#world;
    const { name, longer = 1 } = this.#of;
    for (const entrant of this.#entrants) {
      progress(`${name}: ${labelOf(entrant.contestant)} warms up`);
      await this.#warmUp(generator, entrant, warmUpSeconds * longer);
    }
    for (let round = 1; round <= rounds; round += 1) {
      for (const entrant of this.#entrants) {
        progress(`${name}: round ${round} of ${rounds}, ${labelOf(entrant.contestant)}`);
        entrant.samples.push(await this.#sample(generator, entrant, seconds * longer));
      }
    }
  }

  resultOf(contestant: Contestant, skipped: string | null): Result {
    const entrant = this.#entrants.find((one) => one.contestant === contestant);
    const usage = entrant?.child ? usageOf(entrant.child.pid) : null;
    return {
      contestant,
      peer: peerOf(contestant.peer, this.#world) as Peer,
      skipped,
      samples: entrant?.samples ?? [],
      status: entrant?.status ?? 0,
      startMb: entrant?.startMb ?? null,
      peakMb: usage?.peakMb ?? null,
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const running = this.#entrants.flatMap(({ child }) => child ?? []);
    await Promise.all(running.map((child) => child[Symbol.asyncDispose]()));
    for (const { port } of this.#entrants)
      rmSync(join(this.#world.folder, `${port}.log`), { force: true });
  }

  async #setupFor({ setup }: Contestant): Promise<Setup> {
    const { origin, folder } = this.#world;
    const { tls = false, http2 = false, workers = 1 } = this.#of.setup ?? {};
    const kind = this.#of.origin;
    return {
      port: await freePort(),
      origin: {
        scheme: kind === "https" || kind === "broken" ? "https" : "http",
        port: origin[kind],
      },
      originCa: origin.caFile,
      tls: tls ? origin.good : null,
      http2,
      workers,
      zones: setup?.zones ?? 1,
      records: setup?.records ?? recordsAll,
      folder,
    };
  }

  /** A busy machine gives less in the same time, and what Node has not seen often is not compiled yet. */
  async #warmUp(generator: Generator, entrant: Entrant, seconds: number): Promise<void> {
    const { requests } = await this.#load(generator, entrant, seconds);
    if (requests < warmRequests / mostWarmUps) return; // Large bodies: there are never many.
    for (let had = requests; had < warmRequests;)
      had += (await this.#load(generator, entrant, seconds)).requests + 1;
  }

  #load(generator: Generator, { plan, port }: Entrant, seconds: number): Promise<LoadResult> {
    const { children, folder, pinning } = this.#world;
    return generator.run({
      plan,
      scheme: this.#of.setup?.tls === true ? "https" : "http",
      port,
      seconds,
      folder,
      start: (launch) => children.start(pinning.others(launch)),
    });
  }

  async #sample(generator: Generator, entrant: Entrant, seconds: number): Promise<Sample> {
    const { child } = entrant;
    const look = (): Usage | null => (child === null ? null : usageOf(child.pid));
    const before = look();
    const from = performance.now();
    const load = await this.#load(generator, entrant, seconds);
    const tookMs = performance.now() - from;
    const after = look();
    if (child?.hasEnded === true)
      throw new Error(`${labelOf(entrant.contestant)} has ended:\n${child.said}`);
    const cpuMs = before === null || after === null ? null : after.cpuMs - before.cpuMs;
    const wrongStatuses =
      this.#of.failsAtOrigin === true ? load.requests - load.refused : load.refused;
    return {
      perSecond: load.requests / load.seconds,
      cpuMicros: cpuMs === null || load.requests === 0 ? null : (cpuMs * 1_000) / load.requests,
      busy: cpuMs === null ? null : cpuMs / tookMs / (this.#of.setup?.workers ?? 1),
      p50Ms: load.requests === 0 ? null : load.p50Ms,
      p99Ms: load.requests === 0 ? null : load.p99Ms,
      errors: wrongStatuses + load.broken,
    };
  }
}
