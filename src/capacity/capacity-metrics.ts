// How much there is to do, for Prometheus: before anything is refused it can be seen coming.

import { type TableMetric, tableMetric } from "../record/table-metric.ts";
import type { Capacity } from "./capacity.ts";

/** As much of the capacity as is told. */
export type CapacitySource = Pick<Capacity, "numbers"> & {
  readonly connections: Pick<Capacity["connections"], "dropped">;
};

/** By name: what a metric is, and its value. */
const metrics: Readonly<
  Record<
    string,
    readonly [type: "counter" | "gauge", help: string, read: (of: CapacitySource) => number]
  >
> = {
  edgecase_requests_under_way: [
    "gauge",
    "Requests and tunnels that have begun and not ended.",
    ({ numbers }) => numbers.underWay,
  ],
  edgecase_client_connections: [
    "gauge",
    "Connections of clients.",
    ({ numbers }) => numbers.connections,
  ],
  edgecase_client_connections_dropped_total: [
    "counter",
    "Connections of clients that were closed unanswered, because there were too many.",
    ({ connections }) => connections.dropped,
  ],
  edgecase_event_loop_lag_seconds: [
    "gauge",
    "How far the gateway was behind with its work when it looked last.",
    ({ numbers }) => numbers.lagMs / 1000,
  ],
};

/** Registers them. */
export function capacityMetrics(registers: TableMetric[], source: CapacitySource): void {
  for (const [name, [type, help, read]] of Object.entries(metrics))
    tableMetric(type, { name, help, labelNames: [], registers }, function* () {
      yield { labels: {}, value: read(source) };
    });
}
