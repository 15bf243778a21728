// Which cores a program may use: the gateway has one for itself, and load generator and origin share the other.

import { spawnSync } from "node:child_process";
import { availableParallelism } from "node:os";

import type { Launch } from "./peer.ts";

/** The cores that programs run on, and how to keep them there. */
export interface Pinning {
  /** Why nothing is pinned; null where it is. */
  readonly missing: string | null;
  /** For the gateway: one core, or with several workers all of them. */
  gateway(launch: Launch, workers: number): Launch;
  /** For everything else. */
  others(launch: Launch): Launch;
}

/** Pins where that can be, and says why where it cannot. */
export function choosePinning(): Pinning {
  const missing = whyNot();
  if (missing !== null) return { missing, gateway: (launch) => launch, others: (launch) => launch };
  return {
    missing,
    gateway: (launch, workers) => on(workers > 1 ? "0,1" : "1", launch),
    others: (launch) => on("0", launch),
  };
}

function whyNot(): string | null {
  if (availableParallelism() < 2) return "there is one core";
  const { status } = spawnSync("taskset", ["-c", "0,1", "true"]);
  return status === 0 ? null : "taskset (Debian: util-linux) is missing, or may not";
}

function on(cores: string, { program, args }: Launch): Launch {
  return { program: "taskset", args: ["-c", cores, program, ...args] };
}
