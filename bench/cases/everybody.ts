// Who takes part where nothing else is said.

import type { Contestant } from "../compare/case.ts";

/** Contestants that are peers as they are. */
export function peers(...names: readonly string[]): readonly Contestant[] {
  return names.map((peer) => ({ peer }));
}

/** All that stand between clients and an origin. */
export const everybody = peers(
  "nginx",
  "haproxy",
  "edgecase",
  "http-proxy-3",
  "httpxy",
  "fast-proxy",
  "fastify-http-proxy",
  "reply-from",
  "reply-from-observed",
);
