// Who is killed at random moments beside the origins of the first zone: origins with TLS, the resolver that knows their name, and, where
// there are some, the gateway's workers.

import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";

import { KillableProcess } from "../../test/helpers/killable-process.ts";

const resolverProgram = fileURLToPath(
  new URL("../../test/helpers/resolver-program.mjs", import.meta.url),
);

/** How long everybody is left alone, and how long who was killed stays dead, in milliseconds: from, to. */
const aliveMs = [200, 2_000] as const;
const deadMs = [200, 3_000] as const;
/** How often, and how long, somebody stands still first: what arrives meanwhile is caught in the middle of whatever it does. */
const freezeOften = 0.5;
const frozenMs = [20, 400] as const;

/** Somebody who can be killed. */
export interface Victim {
  readonly name: string;
  freeze(): void;
  kill(): Promise<void>;
  startAgain(): Promise<void>;
}

/** Starts a resolver to whom every name is 127.0.0.1. */
export async function startResolverProcess(): Promise<KillableProcess> {
  const resolver = new KillableProcess("resolver", resolverProgram);
  await resolver.startAgain();
  return resolver;
}

/** One of the processes that a gateway has started to take requests; another one each time. It is the gateway that starts it again. */
export class AnyWorker implements Victim {
  readonly name = "worker";
  readonly #gatewayPid: number;
  readonly #random: () => number;

  constructor(gatewayPid: number, random: () => number) {
    this.#gatewayPid = gatewayPid;
    this.#random = random;
  }

  freeze(): void {}

  async kill(): Promise<void> {
    const workers = this.#pids();
    const pid = workers[Math.floor(this.#random() * workers.length)];
    if (pid !== undefined) process.kill(pid, "SIGKILL");
  }

  async startAgain(): Promise<void> {}

  /** Linux only. */
  #pids(): number[] {
    const pid = this.#gatewayPid;
    return readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8")
      .split(" ")
      .filter(Boolean)
      .map(Number)
      .filter((child) => readFileSync(`/proc/${child}/cmdline`, "utf8").includes("\0worker\0"));
  }
}

/** Kills one after the other. */
export class Chaos {
  /** How often each was killed. */
  readonly kills: Record<string, number> = {};
  readonly #victims: readonly Victim[];
  readonly #random: () => number;

  constructor(victims: readonly Victim[], random: () => number) {
    this.#victims = victims;
    this.#random = random;
    for (const { name } of victims) this.kills[name] = 0;
  }

  /** Goes on until this moment, in milliseconds since the epoch; all are up then. */
  async rageUntil(end: number): Promise<void> {
    for (;;) {
      await sleep(this.#between(aliveMs));
      const victim = this.#victims[Math.floor(this.#random() * this.#victims.length)];
      if (Date.now() > end || victim === undefined) return;
      if (this.#random() < freezeOften) {
        victim.freeze();
        await sleep(this.#between(frozenMs));
      }
      await victim.kill();
      this.kills[victim.name] = (this.kills[victim.name] ?? 0) + 1;
      await sleep(this.#between(deadMs));
      await victim.startAgain();
    }
  }

  #between([least, most]: readonly [number, number]): number {
    return least + this.#random() * (most - least);
  }
}
