// The cases: an explicit list, in the order in which they run.

import { bodies } from "./cases/bodies.ts";
import { connections } from "./cases/connections.ts";
import { failingOrigins } from "./cases/failing-origins.ts";
import { get1k } from "./cases/get-1k.ts";
import { headers } from "./cases/headers.ts";
import { latency } from "./cases/latency.ts";
import { records } from "./cases/records.ts";
import { tls } from "./cases/tls.ts";
import { workers } from "./cases/workers.ts";
import { zones } from "./cases/zones.ts";
import type { Case } from "./compare/case.ts";

/** All of them. */
export const cases: readonly Case[] = [
  get1k,
  headers,
  records,
  latency,
  zones,
  ...bodies,
  ...failingOrigins,
  ...tls,
  ...connections,
  workers,
];
