// What all cases of a run share: where things are written, who generates load, what may run where.

import { readFileSync } from "node:fs";

import type { Generator } from "../load/load.ts";
import type { OriginPlace } from "../origins/origin.ts";
import type { Children } from "./children.ts";
import type { Peer } from "./peer.ts";
import type { Pinning } from "./pinning.ts";

/** Of one run. */
export interface World {
  readonly peers: readonly Peer[];
  readonly children: Children;
  readonly folder: string;
  readonly origin: OriginPlace;
  readonly pinning: Pinning;
  readonly http1: Generator;
  /** Null where there is none. */
  readonly http2: Generator | null;
  readonly rounds: number;
  readonly seconds: number;
  readonly warmUpSeconds: number;
  /** Told before every step. */
  readonly progress: (what: string) => void;
}

/** How many files and sockets a process may have; Infinity where that cannot be read. */
export function mostOpenFiles(): number {
  try {
    const limits = readFileSync("/proc/self/limits", "utf8");
    return Number(/^Max open files +(\d+)/m.exec(limits)?.[1] ?? Infinity);
  } catch {
    return Infinity;
  }
}
