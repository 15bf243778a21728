// Metrics that alerts and dashboards ask for already, and that the gateway does not export yet: pools, checks, reloads.
// A test fails as soon as it exports one of them; its row goes then.

import type { MetricDefinition } from "../../src/record/table-metric.ts";

/** As they will be. */
export const awaitedMetrics: readonly MetricDefinition[] = [
  {
    name: "edgecase_origin_healthy",
    help: "Whether an origin takes requests: 1, or 0 while its checks or its clients' requests keep it out.",
    type: "gauge",
    labelNames: ["zone", "pool", "origin"],
  },
  {
    name: "edgecase_pool_healthy",
    help: "Whether a pool has enough healthy origins to serve: 1 or 0.",
    type: "gauge",
    labelNames: ["zone", "pool"],
  },
  {
    name: "edgecase_health_checks_total",
    help: "Checks of origins, and why they failed.",
    type: "counter",
    labelNames: ["origin", "result", "failure", "reason"],
  },
  {
    name: "edgecase_origin_ejections_total",
    help: "Times an origin was taken out because too many requests failed there.",
    type: "counter",
    labelNames: ["zone", "pool", "origin"],
  },
  {
    name: "edgecase_retries_total",
    help: "Requests that were sent again, and those that would have been, had the budget allowed.",
    type: "counter",
    labelNames: ["zone", "kind"],
  },
  {
    name: "edgecase_origin_certificate_expiry_timestamp_seconds",
    help: "When an origin's certificate expires, in seconds since 1970.",
    type: "gauge",
    labelNames: ["zone", "origin"],
  },
  {
    name: "edgecase_config_reloads_total",
    help: "Times the configuration was read again.",
    type: "counter",
    labelNames: ["result"],
  },
  {
    name: "edgecase_config_last_reload_successful",
    help: "Whether the configuration that was read last is the one that is served: 1 or 0.",
    type: "gauge",
    labelNames: [],
  },
];
