// More and more clients at the same time, each with a request under way all the time.

import type { Case } from "../compare/case.ts";
import { peers } from "./everybody.ts";

/** 64 is the case `get-1k`. */
const counts = [512, 2_000, 8_000];

export const connections: readonly Case[] = counts.map((count) => ({
  name: `connections-${count}`,
  what: `GET of 1 KB over ${count} kept connections.`,
  load: { connections: count, path: "/1k" },
  origin: "http",
  contestants: peers(
    "nginx",
    "haproxy",
    "edgecase",
    "httpxy",
    "fastify-http-proxy",
    "reply-from",
    "reply-from-observed",
  ),
  // Opening them takes part of the time.
  longer: count > 1_000 ? 2 : 1,
}));
