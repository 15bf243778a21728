// What log, metrics and the exchanges of late cost, each alone.

import type { Case, Contestant } from "../compare/case.ts";
import type { Records } from "../compare/peer.ts";

const none: Records = { log: false, metrics: false, recent: false };

export const records: Case = {
  name: "records",
  what: "GET of 1 KB over 64 kept connections, with each of what Edgecase takes down of a request switched off. Counting has no switch: a module loaded before empties the function.",
  load: { connections: 64, path: "/1k" },
  origin: "http",
  contestants: [
    contestant("all", { log: true, metrics: true, recent: true }),
    contestant("log alone", { ...none, log: true }),
    contestant("metrics alone", { ...none, metrics: true }),
    contestant("exchanges of late alone", { ...none, recent: true }),
    contestant("none", none),
  ],
};

function contestant(label: string, wanted: Records): Contestant {
  return { peer: "edgecase", label, setup: { records: wanted } };
}
