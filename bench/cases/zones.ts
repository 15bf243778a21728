// Whether a request costs more where there are more zones: because they are there, and because they are asked for.

import type { Case, Contestant } from "../compare/case.ts";
import { zoneHosts } from "../peers/edgecase.ts";

/** Where many are asked for, it is so many, from the first to the last, evenly apart. */
const many = 169;

export const zones: Case = {
  name: "zones",
  what: `GET of 1 KB over 64 kept connections to a gateway with 1, 169 and 10,000 zones; requests are for the last of them, or for ${many} in turn. Each zone keeps connections of its own.`,
  load: { connections: 64, path: "/1k" },
  origin: "http",
  contestants: [
    contestant("1 zone", 1, 1),
    contestant("169 zones", 169, 1),
    contestant("10,000 zones", 10_000, 1),
    contestant("169 zones, all asked", 169, many),
    contestant("10,000 zones, 169 asked", 10_000, many),
  ],
};

function contestant(label: string, count: number, asked: number): Contestant {
  const hosts = zoneHosts(count);
  const step = (count - 1) / Math.max(asked - 1, 1);
  const some = Array.from({ length: asked }, (_, place) =>
    asked === 1 ? hosts[count - 1] : hosts[Math.round(place * step)],
  );
  return {
    peer: "edgecase",
    label,
    setup: { zones: count },
    load: { hosts: some.map((host) => host ?? "") },
  };
}
