// What Edgecase is to reach, with its log and all metrics on, one process on one core, Node 20.

import type { Target } from "./compare/target.ts";

export const targets: readonly Target[] = [
  { case: "get-1k", of: "throughput", against: "fastest_node", atLeast: 1.25 },
  { case: "get-1k", of: "throughput", against: "observed", atLeast: 2 },
  { case: "get-1k", of: "p99", against: "best_node", atMost: 1 },
  { case: "headers", of: "throughput", against: "fastest_node", atLeast: 1.3 },
  { case: "headers", of: "throughput", against: "observed", atLeast: 2 },
  { case: "headers", of: "p99", against: "best_node", atMost: 1 },
  { case: "records", of: "cpu", subject: "metrics alone", against: "none", atMost: 1.05 },
  { case: "latency", of: "added", against: "direct", atMost: 0.5 },
  { case: "zones", of: "cpu", subject: "169 zones", against: "1 zone", atMost: 1.05 },
  { case: "zones", of: "cpu", subject: "10,000 zones", against: "1 zone", atMost: 1.05 },
  { case: "zones", of: "cpu", subject: "169 zones, all asked", against: "1 zone", atMost: 1.05 },
  { case: "zones", of: "cpu", subject: "10,000 zones, 169 asked", against: "1 zone", atMost: 1.05 },
  { case: "download-1m", of: "throughput", against: "fastest_node", atLeast: 1 },
  { case: "upload-1m", of: "throughput", against: "fastest_node", atLeast: 1.1 },
  { case: "download-100m", of: "throughput", against: "fastest_node", atLeast: 1 },
  { case: "download-100m", of: "memory", against: "leanest_fastify", atMost: 1 },
  { case: "upload-100m", of: "memory", against: "leanest_fastify", atMost: 1 },
  { case: "refused", of: "throughput", against: "fastest_node", atLeast: 1.2 },
  { case: "tls-edge", of: "throughput", against: "fastest_node", atLeast: 1.25 },
  { case: "tls-origin", of: "throughput", against: "fastest_node", atLeast: 1.5 },
  { case: "connections-8000", of: "memory", against: "leanest_fastify", atMost: 1 },
  { case: "two-workers", of: "throughput", against: "fastest_node", atLeast: 1.5 },
];
