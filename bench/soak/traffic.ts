// Both kinds of clients: those of the good zone, in this process, and those who ask for faults, in one of their own.

import { fork } from "node:child_process";
import { once } from "node:events";
import { setTimeout as pause } from "node:timers/promises";

import { type Answer, SteadyLoad } from "../../test/helpers/steady-load.ts";
import { randomFrom } from "../kills/random.ts";
import { shotsFrom } from "../kills/shots.ts";
import type { FaultOrder } from "../soak-faults.ts";
import type { FaultAnswer } from "./fault-answer.ts";
import { Windows } from "./windows.ts";

/** One request in so many is for the zoo. */
const faultsAmong = 10;
/** Times with faults, and times without, in which the zoo's origins that work are asked, are so long at most, in milliseconds. */
const longestWindowMs = 15_000;
const tickMs = 50;
/** A request of the good zone that has not ended by then has been forgotten. */
const longestMs = 60_000;

/** How much traffic there is to be, and for whom. */
export interface TrafficOptions {
  readonly port: number;
  /** Of the good zone. */
  readonly host: string;
  readonly perSecond: number;
  readonly seed: number;
  readonly lastingMs: number;
  /** Fixtures of the zoo that have a zone. */
  readonly names: readonly string[];
}

/** What came of it. */
export interface Traffic {
  readonly good: readonly Answer[];
  readonly faults: readonly FaultAnswer[];
  readonly windows: Windows;
}

/** Sends it; resolves when everything has been answered. */
export async function traffic(options: TrafficOptions): Promise<Traffic> {
  const { port, host, perSecond, seed, lastingMs, names } = options;
  const faults: FaultAnswer[] = [];
  const clients = fork(new URL("../soak-faults.ts", import.meta.url));
  const tell = (order: FaultOrder): boolean => clients.send(order);
  await once(clients, "message"); // It is there; what it says from now on are answers.
  clients.on("message", (answer: FaultAnswer) => faults.push(answer));
  tell({ port, perSecond: perSecond / faultsAmong, seed, names });

  const pairs = Math.ceil(lastingMs / 2 / longestWindowMs) + 1;
  const windows = new Windows(Date.now(), lastingMs, pairs);
  const shot = shotsFrom(randomFrom(seed));
  const load = new SteadyLoad({ port, host, perSecond, shot, longestMs });
  let isStormy = false;
  while (Date.now() < windows.end) {
    await pause(tickMs);
    const isToBe = windows.isStormy(Date.now());
    if (isToBe !== isStormy) tell({ isStormy: isToBe });
    isStormy = isToBe;
    forgetContent(load.answers);
  }
  const disconnected = once(clients, "disconnect");
  tell("end");
  const good = await load.end();
  await disconnected;
  return { good, faults, windows };
}

/** Nobody reads it, and there is much of it. */
function forgetContent(answers: readonly Answer[]): void {
  for (let index = answers.length - 1; index >= 0; index -= 1) {
    const answer = answers[index];
    if (answer === undefined || (answer.content === "" && answer.method !== "HEAD")) return;
    answer.content = "";
  }
}
