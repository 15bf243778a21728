// What it was measured on, and with: the report's first table.

import { cpus, loadavg, release } from "node:os";

import type { BenchOptions } from "./options.ts";
import type { World } from "./world.ts";

/** Facts by their names. */
export type Machine = Readonly<Record<string, string>>;

/** Looks when the run has ended, since when others worked counts. */
export function machineOf(world: World, origin: string, options: BenchOptions): Machine {
  const { http1, http2, pinning } = world;
  const { rounds, seconds, warmUp } = options;
  return {
    date: new Date().toISOString().slice(0, 10),
    machine: `${cpus().length} cores, ${cpus()[0]?.model ?? "unknown"}, ${process.platform} ${release()}`,
    "load average at the end": loadavg()
      .map((load) => load.toFixed(1))
      .join(", "),
    node: process.version,
    rounds: `${rounds} of ${seconds} s for each in turn, after ${warmUp} s of warming up; medians, with the least and the most`,
    cores:
      pinning.missing === null
        ? "gateway on one core, clients and origin on the other"
        : `nothing is pinned: ${pinning.missing}`,
    "load generator": `${http1.name} ${http1.version() ?? ""}${http1.name === "autocannon" ? ", since wrk is missing: slower than some gateways" : ""}${http2 === null ? "; no h2load" : `; h2load ${http2.version() ?? ""}`}`,
    origin,
  };
}
