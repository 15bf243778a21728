// How much there is to do, for Prometheus: before anything is refused it can be seen coming.

import { type TableMetric, tableMetric } from "../record/table-metric.ts";

/** As much of the capacity as is told. */
export interface CapacityNumbers {
  readonly underWay: number;
  readonly connections: { readonly count: number; readonly dropped: number };
  readonly lag: { readonly lagMs: number };
}

/** By name: what a metric is, and its value. */
const metrics: Readonly<
  Record<
    string,
    readonly [type: "counter" | "gauge", help: string, read: (of: CapacityNumbers) => number]
  >
> = {
  edgecase_requests_under_way: [
    "gauge",
    "Requests and tunnels that have begun and not ended.",
    ({ underWay }) => underWay,
  ],
  edgecase_client_connections: [
    "gauge",
    "Connections of clients.",
    ({ connections }) => connections.count,
  ],
  edgecase_client_connections_dropped_total: [
    "counter",
    "Connections of clients that were closed unanswered, because there were too many.",
    ({ connections }) => connections.dropped,
  ],
  edgecase_event_loop_lag_seconds: [
    "gauge",
    "How far the gateway was behind with its work when it looked last.",
    ({ lag }) => lag.lagMs / 1000,
  ],
};

/** Registers them. */
export function capacityMetrics(registers: TableMetric[], source: CapacityNumbers): void {
  for (const [name, [type, help, read]] of Object.entries(metrics))
    tableMetric(type, { name, help, labelNames: [], registers }, function* () {
      yield { labels: {}, value: read(source) };
    });
}
