// What a gateway adds to a request that has it for itself.

import type { Case } from "../compare/case.ts";
import { peers } from "./everybody.ts";

export const latency: Case = {
  name: "latency",
  what: "GET of 1 KB over one connection, one request after the other; `direct` asks the origin itself.",
  load: { connections: 1, path: "/1k" },
  origin: "http",
  contestants: peers(
    "direct",
    "nginx",
    "haproxy",
    "edgecase",
    "httpxy",
    "fast-proxy",
    "reply-from",
  ),
};
