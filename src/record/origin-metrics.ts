// What Prometheus is told of origins: how they stand, what their checks found, and how often another one had to help out.

import type { HealthChecks } from "../health/health-checks.ts";
import type { Zone } from "../zone.ts";
import { type Sample, type TableMetric, tableMetric } from "./table-metric.ts";

type Zones = () => readonly Zone[];
type Origin = Zone["origins"][number];

/** Registers the metrics; `zones` is asked at each scrape. */
export function registerOriginMetrics(
  registers: TableMetric[],
  zones: Zones,
  checks: Pick<HealthChecks, "counts">,
): void {
  registerStates(registers, zones);
  registerCounters(registers, zones, checks);
}

function registerStates(registers: TableMetric[], zones: Zones): void {
  tableMetric(
    "gauge",
    {
      name: "edgecase_origin_healthy",
      help: "1 while the origin may get requests, 0 while it is out; of an origin of several addresses, the part that may.",
      labelNames: ["zone", "pool", "origin"],
      registers,
    },
    () => perOrigin(zones(), (origins) => origins.filter(isServing).length / origins.length),
  );
  tableMetric(
    "gauge",
    {
      name: "edgecase_pool_healthy",
      help: "1 while the pool has as many healthy origins as it must have.",
      labelNames: ["zone", "pool"],
      registers,
    },
    function* () {
      for (const { name: zone, pools } of zones()) {
        for (const pool of pools)
          yield { labels: { zone, pool: pool.name }, value: Number(pool.isServing) };
      }
    },
  );
  tableMetric(
    "gauge",
    {
      name: "edgecase_origin_certificate_expiry_timestamp_seconds",
      help: "When the certificate that the origin showed last expires, in seconds since the epoch.",
      labelNames: ["zone", "origin"],
      registers,
    },
    function* () {
      for (const zone of zones()) {
        for (const [origin, expiresAt] of soonestExpiry(zone))
          yield { labels: { zone: zone.name, origin }, value: expiresAt / 1_000 };
      }
    },
  );
}

function registerCounters(
  registers: TableMetric[],
  zones: Zones,
  checks: Pick<HealthChecks, "counts">,
): void {
  tableMetric(
    "counter",
    {
      name: "edgecase_health_checks_total",
      help: "Health checks of origins, by what they found; a check of several zones counts once.",
      labelNames: ["origin", "result", "failure", "reason"],
      registers,
    },
    function* () {
      for (const { value, ...labels } of checks.counts) yield { labels, value };
    },
  );
  tableMetric(
    "counter",
    {
      name: "edgecase_origin_ejections_total",
      help: "How often an origin was taken out because real requests failed.",
      labelNames: ["zone", "pool", "origin"],
      registers,
    },
    () =>
      perOrigin(zones(), (origins) =>
        origins.reduce((sum, { standing }) => sum + standing.ejections, 0),
      ),
  );
  tableMetric(
    "counter",
    {
      name: "edgecase_retries_total",
      help: "Requests sent again: to the same origin, to another one, or not at all because the budget was spent.",
      labelNames: ["zone", "kind"],
      registers,
    },
    function* () {
      for (const { name: zone, retryCounts } of zones()) {
        for (const [kind, value] of Object.entries(retryCounts))
          yield { labels: { zone, kind }, value: Number(value) };
      }
    },
  );
}

/** A sample for each origin of the config, whatever number of addresses stands for it. */
function* perOrigin(
  zones: readonly Zone[],
  valueOf: (origins: readonly Origin[]) => number,
): Iterable<Sample> {
  for (const { name: zone, pools } of zones) {
    for (const pool of pools) {
      for (const config of pool.config.origins) {
        const labels = { zone, pool: pool.name, origin: config.label };
        yield { labels, value: valueOf(pool.originsOf(config)) };
      }
    }
  }
}

/** For each origin that has shown a certificate, the one that ends first. */
function soonestExpiry({ origins }: Zone): ReadonlyMap<string, number> {
  const soonest = new Map<string, number>();
  for (const { label, standing } of origins) {
    const expiresAt = standing.certificateExpiresAt;
    if (expiresAt !== null) soonest.set(label, Math.min(expiresAt, soonest.get(label) ?? Infinity));
  }
  return soonest;
}

function isServing(origin: Origin): boolean {
  return origin.isInService && origin.standing.isGood;
}
