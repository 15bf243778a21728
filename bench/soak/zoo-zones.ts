// The zones that `edgecase zoo --config-folder` has written, for a soak: each origin is asked whenever it is its turn.

import { readFileSync } from "node:fs";
import { join } from "node:path";

import type { ZoneFile } from "../../src/config/schema.ts";

/** What a gateway in front of the zoo is to be told. */
export interface ZooZones {
  readonly zones: ZoneFile[];
  /** Of the fixtures that have a zone. */
  readonly names: readonly string[];
}

/** Reads them. */
export function zooZones(folder: string): ZooZones {
  const file = readFileSync(join(folder, "edgecase.json"), "utf8");
  const { zones } = JSON.parse(file) as Pick<ZooZones, "zones">;
  return {
    zones: zones.map((zone) => ({
      ...zone,
      originCa: join(folder, "root.pem"),
      passive: { failures: 0 }, // None is taken out for what it did before.
    })),
    names: zones.map(({ hosts: [host = ""] }) => host.replace(/\.localhost$/, "")),
  };
}
