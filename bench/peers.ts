// The peers: an explicit list, in the order in which they take their turns.

import type { Peer } from "./compare/peer.ts";
import { direct } from "./peers/direct.ts";
import { edgecase } from "./peers/edgecase.ts";
import { haproxy } from "./peers/haproxy.ts";
import { nginx } from "./peers/nginx.ts";
import { nodePeers } from "./peers/node-peers.ts";

/** All of them. */
export function allPeers(options: { readonly isFromSource: boolean }): readonly Peer[] {
  return [direct, nginx, haproxy, edgecase(options), ...nodePeers];
}
