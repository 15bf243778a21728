// Two processes that serve one port, on both cores, which they share with clients and origin.

import type { Case } from "../compare/case.ts";
import { peers } from "./everybody.ts";

export const workers: Case = {
  name: "two-workers",
  what: "GET of 1 KB over 64 kept connections, two workers (Node peers: `node:cluster`), nothing pinned.",
  load: { connections: 64, path: "/1k" },
  origin: "http",
  setup: { workers: 2 },
  contestants: peers(
    "nginx",
    "haproxy",
    "edgecase",
    "http-proxy-3",
    "httpxy",
    "fast-proxy",
    "reply-from",
    "reply-from-observed",
  ),
};
