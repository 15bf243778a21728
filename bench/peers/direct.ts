// Nobody: the load generator asks the origin itself. What is left is what the two can do.

import type { Peer } from "../compare/peer.ts";

export const direct: Peer = {
  name: "direct",
  kind: "direct",
  config: "no gateway: clients ask the origin",
  version: () => "",
  launch: () => null,
};
