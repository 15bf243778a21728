// In the primary: the processes that take requests. One that ends has another take its place, at once, or after a while if it ends
// again and again.

import { clearTimeout, setTimeout } from "node:timers";

import type { Logger } from "pino";

import type { PrimaryCalls, Start, WorkerCalls } from "./messages.ts";
import { type ProcessEnd, WorkerProcess } from "./worker-process.ts";
import { within } from "./within.ts";

/** How long a worker may take to answer what somebody waits for, in milliseconds. */
const answerMs = 2_000;
/** How long it may take to end, beyond the grace of its requests. */
const endMs = 1_500;

/** Whoever takes the place of one that has lived no longer than this is waited with, twice as long each time. In milliseconds. */
const stableMs = 10_000;
const firstWaitMs = 100;
const longestWaitMs = 10_000;

/** Whom the workers work for. */
export interface Employer {
  /** What a worker may ask for. */
  callsFor(worker: WorkerProcess): Omit<PrimaryCalls, "loaded" | "failing">;
  /** What a new one must know. */
  startFor(worker: WorkerProcess): Promise<Start>;
  /** One has ended, `how` in words. Returns how many requests ended with it. */
  lost(worker: WorkerProcess, how: string): number;
}

/** All workers. */
export class Workers {
  readonly #employer: Employer;
  readonly #messages: Logger;
  readonly #living = new Set<WorkerProcess>();
  /** Those that are ending, and whose place has been taken. */
  readonly #replaced = new WeakSet<WorkerProcess>();
  /** By place: how often a worker ended soon, one after the other. */
  readonly #soonEnded = new Map<number, number>();
  readonly #timers = new Set<NodeJS.Timeout>();
  #hasStarted = false;
  #isClosing = false;

  constructor(employer: Employer, messages: Logger) {
    this.#employer = employer;
    this.#messages = messages;
  }

  /** Starts so many. Resolves when each takes requests; rejects if one cannot, and then there is none. */
  async start(count: number): Promise<void> {
    try {
      await Promise.all(Array.from({ length: count }, (_, index) => this.#fork(index)));
      this.#hasStarted = true;
    } catch (error) {
      this.#isClosing = true;
      await Promise.all([...this.#living].map((worker) => kill(worker)));
      throw error;
    }
  }

  /** At least one takes requests. */
  get isUp(): boolean {
    return [...this.#living].some((worker) => worker.isUp);
  }

  /** Those that know a configuration. */
  get told(): readonly WorkerProcess[] {
    return [...this.#living].filter(({ config }) => config !== null);
  }

  /** Asks each of them; whoever has gone, or does not answer in time, is left out. */
  async askAll<K extends "gather" | "list" | "view" | "page">(
    name: K,
    ...args: Parameters<WorkerCalls[K]>
  ): Promise<Awaited<ReturnType<WorkerCalls[K]>>[]> {
    const answers = await Promise.allSettled(
      this.told.map(({ wire }) => within(answerMs, wire.call(name, ...(args as never)))),
    );
    return answers.flatMap((answer) =>
      answer.status === "fulfilled" ? [answer.value as Awaited<ReturnType<WorkerCalls[K]>>] : [],
    );
  }

  /** Has each of them take no new requests; resolves when all have ended. */
  async close(graceMs: number): Promise<void> {
    this.#isClosing = true;
    for (const timer of this.#timers) clearTimeout(timer);
    await Promise.all([...this.#living].map((worker) => close(worker, graceMs)));
  }

  /** Resolves when the new worker takes requests; rejects if it ends before. */
  #fork(index: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const worker = new WorkerProcess(index, (self) => ({
        ...this.#employer.callsFor(self),
        loaded: () => void this.#start(self).then(resolve, reject),
        failing: () => this.#failing(self),
      }));
      this.#living.add(worker);
      void worker.ended.then((end) => {
        this.#ended(worker, end);
        reject(new Error(`a worker ended before it took requests (${inWords(end)})`));
      });
    });
  }

  async #start(worker: WorkerProcess): Promise<void> {
    try {
      await worker.wire.call("start", await this.#employer.startFor(worker));
      worker.isUp = true;
      const facts = { worker: worker.index + 1, pid: worker.pid };
      this.#messages.info(facts, "a worker takes requests");
    } catch (error) {
      worker.kill();
      throw error;
    }
  }

  /** It finishes what it has under way, while another one takes its place. */
  #failing(worker: WorkerProcess): void {
    worker.isUp = false;
    worker.config = null;
    this.#replace(worker);
  }

  #ended(worker: WorkerProcess, end: ProcessEnd): void {
    this.#living.delete(worker);
    const lost = this.#employer.lost(worker, inWords(end));
    if (this.#isClosing && lost === 0) return;
    const facts = { worker: worker.index + 1, pid: worker.pid, ...end, requests: lost };
    this.#messages.error(
      facts,
      `a worker ended (${inWords(end)}); requests that ended with it: ${lost}`,
    );
    this.#replace(worker);
  }

  #replace(worker: WorkerProcess): void {
    if (this.#isClosing || !this.#hasStarted || this.#replaced.has(worker)) return;
    this.#replaced.add(worker);
    const { index, begunAt } = worker;
    const isSoon = performance.now() - begunAt < stableMs;
    const soonEnded = isSoon ? (this.#soonEnded.get(index) ?? 0) + 1 : 0;
    this.#soonEnded.set(index, soonEnded);
    const waitMs = soonEnded < 2 ? 0 : Math.min(firstWaitMs * 2 ** (soonEnded - 2), longestWaitMs);
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      this.#fork(index).catch((error: unknown) => {
        if (!this.#isClosing) this.#messages.error({ err: error }, "a worker could not start");
      });
    }, waitMs);
    this.#timers.add(timer);
  }
}

async function close(worker: WorkerProcess, graceMs: number): Promise<void> {
  if (worker.config === null) return kill(worker);
  worker.wire.call("close", graceMs).catch(() => {}); // It has ended, then, which is waited for.
  const deadline = setTimeout(() => worker.kill(), graceMs + endMs);
  await worker.ended;
  clearTimeout(deadline);
}

async function kill(worker: WorkerProcess): Promise<void> {
  worker.kill();
  await worker.ended;
}

function inWords({ code, signal }: ProcessEnd): string {
  return signal ?? `exit code ${code}`;
}
