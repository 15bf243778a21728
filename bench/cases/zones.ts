// Whether a request costs more where there are more zones.

import type { Case, Contestant } from "../compare/case.ts";
import { zoneHosts } from "../peers/edgecase.ts";

/** Requests are for so many zones, if there are as many: from the first to the last, evenly apart. */
const mostAsked = 169;

export const zones: Case = {
  name: "zones",
  what: `GET of 1 KB over 64 kept connections to a gateway with 1, 169 and 10,000 zones; requests are for up to ${mostAsked} of them in turn, the first and the last among them.`,
  load: { connections: 64, path: "/1k" },
  origin: "http",
  contestants: [
    contestant("1 zone", 1),
    contestant("169 zones", 169),
    contestant("10,000 zones", 10_000),
  ],
};

function contestant(label: string, count: number): Contestant {
  const hosts = zoneHosts(count);
  const asked = Math.min(count, mostAsked);
  const step = asked === 1 ? 0 : (count - 1) / (asked - 1);
  const some = Array.from({ length: asked }, (_, place) => hosts[Math.round(place * step)] ?? "");
  return { peer: "edgecase", label, setup: { zones: count }, load: { hosts: some } };
}
