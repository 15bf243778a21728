// What Prometheus is told. Counted in plain numbers per zone; labels are from closed sets: zones, origins, codes, failures.

import { capacityMetrics, type CapacitySource } from "../capacity/capacity-metrics.ts";
import type { ExchangeContext } from "../exchange-context.ts";
import type { HealthChecks } from "../health/health-checks.ts";
import { version } from "../version.ts";
import type { RetryCounts, Zone } from "../zone.ts";
import type { AccessLines } from "./access-lines.ts";
import { absorbCounts, type CountsReport, drainCounts } from "./counts-report.ts";
import type { Exposer, Exposition } from "./exposition.ts";
import { lineMetric } from "./line-metric.ts";
import { registerOriginMetrics } from "./origin-metrics.ts";
import type { ReloadRecord } from "./reload-record.ts";
import { countingTable } from "./statuses.ts";
import {
  type MetricDefinition,
  tableHistogram,
  type TableMetric,
  tableMetric,
} from "./table-metric.ts";
import { type Expected, phases, requestLabels, ZoneCounts } from "./zone-counts.ts";

/** The zone label of requests for hosts that no zone has. */
const noZone = "none";

/** Where no zone has the host, no origin is asked. */
const noRetries: RetryCounts = { same_origin: 0, another_origin: 0, over_budget: 0 };

/** Who else counts. */
export interface MetricSources {
  readonly checks: Pick<HealthChecks, "counts">;
  readonly reloads: ReloadRecord;
  readonly lines: Pick<AccessLines, "counts">;
  readonly capacity: CapacitySource;
}

/** The gateway's metrics and the two forms in which they are served. */
export class Metrics {
  readonly #metrics: TableMetric[] = [];
  #exposer: Exposer | null = null;
  /** By name: a zone that takes the place of another goes on with its counts. */
  readonly #rows = new Map<string, { zone: Zone; readonly counts: ZoneCounts }>();
  readonly #outside = new ZoneCounts();
  readonly lines: MetricSources["lines"];
  #expected: Expected = { codes: [], countedAs: countingTable([]) };

  constructor({ checks, reloads, lines, capacity }: MetricSources) {
    this.lines = lines;
    const registers = this.#metrics;
    this.#registerCounters(registers);
    this.#registerHistograms(registers);
    this.#registerGauges(registers);
    registerOriginMetrics(
      registers,
      () => [...this.#rows.values()].map(({ zone }) => zone),
      checks,
    );
    reloads.register(registers);
    lineMetric(registers, lines);
    capacityMetrics(registers, capacity);
  }

  /**
   * Codes that any profile can answer with: each zone's errors start at 0 for every one of them. `statuses` are those that the
   * configuration has clients be answered with, which are counted as themselves.
   */
  expect(codes: readonly number[], statuses: readonly number[]): void {
    this.#expected = { codes, countedAs: countingTable(statuses) };
    for (const [, counts] of this.#zoneCounts()) counts.expect(this.#expected);
  }

  /** A zone has come into force. */
  enter(zone: Zone): void {
    const row = this.#rows.get(zone.name);
    if (row !== undefined) row.zone = zone;
    else this.#rows.set(zone.name, { zone, counts: new ZoneCounts(this.#expected) });
  }

  /** A zone has gone out of force; its counts stay if another one of its name has taken its place. */
  leave(zone: Zone): void {
    if (this.#rows.get(zone.name)?.zone === zone) this.#rows.delete(zone.name);
  }

  /** Counts a request that has ended, however it ended. */
  count(context: ExchangeContext, totalMs: number): void {
    this.#of(context.zone).count(context, totalMs);
  }

  /** Takes out what was counted since the last time, for a process that adds it to its own. */
  drain(): CountsReport[] {
    const outside = drainCounts(null, this.#outside, noRetries);
    const ofZones = [...this.#rows].flatMap(
      ([name, { zone, counts }]) => drainCounts(name, counts, zone.retryCounts) ?? [],
    );
    return outside === null ? ofZones : [...ofZones, outside];
  }

  /** Adds what another process has counted. */
  absorb(reports: readonly CountsReport[]): void {
    for (const report of reports) {
      const row = report.zone === null ? undefined : this.#rows.get(report.zone);
      absorbCounts(report, row?.counts ?? this.#outside, row?.zone.retryCounts ?? null);
    }
  }

  /** Every metric there is, whether or not it has a sample yet. */
  get definitions(): readonly MetricDefinition[] {
    return this.#metrics;
  }

  /** The scrape: classic text, or OpenMetrics where Accept asks for it. */
  async scrape(accept: string | undefined): Promise<Exposition> {
    const { Exposer: Writer } = await import("./exposition.ts");
    this.#exposer ??= new Writer(this.#metrics);
    return this.#exposer.write(accept);
  }

  /**
   * The value of a sample, by the name that it is scraped with; several that have these labels add up. 0 if there is none yet,
   * and null if there is no such metric.
   */
  valueOf(name: string, labels: Readonly<Record<string, string>>): number | null {
    const family = name.replace(/_(bucket|sum|count)$/, "");
    const metric =
      this.#metrics.find((one) => one.name === name) ??
      this.#metrics.find((one) => one.name === family);
    if (metric === undefined) return null;
    const wanted = Object.entries(labels);
    return [...metric.read()]
      .filter(({ metricName = name }) => metricName === name)
      .map((sample) => ({ ...sample, labels: { ...sample.sharedLabels, ...sample.labels } }))
      .filter((sample) => wanted.every(([label, value]) => sample.labels[label] === value))
      .reduce((sum, { value }) => sum + value, 0);
  }

  /** What ends after its zone was removed counts where requests for unknown hosts do. */
  #of(zone: Zone | null): ZoneCounts {
    return (zone === null ? undefined : this.#rows.get(zone.name)?.counts) ?? this.#outside;
  }

  *#zoneCounts(): Iterable<[zone: string, counts: ZoneCounts]> {
    for (const [name, { counts }] of this.#rows) yield [name, counts];
    yield [noZone, this.#outside];
  }

  #registerCounters(registers: TableMetric[]): void {
    const rows = (): Iterable<[string, ZoneCounts]> => this.#zoneCounts();
    tableMetric(
      "counter",
      {
        name: "edgecase_requests_total",
        help: "Requests by the status that the client got; 499: it left.",
        labelNames: ["zone", "method", "status"],
        registers,
      },
      function* () {
        for (const [zone, { requests }] of rows()) {
          for (const [key, value] of requests)
            yield { labels: { zone, ...requestLabels(key) }, value };
        }
      },
    );
    tableMetric(
      "counter",
      {
        name: "edgecase_errors_total",
        help: "Errors answered, by the detailed code of the profile.",
        labelNames: ["zone", "code"],
        registers,
      },
      function* () {
        for (const [zone, { errors, exemplars }] of rows()) {
          for (const [code, value] of errors)
            yield {
              labels: { zone, code: String(code) },
              value,
              exemplar: exemplars.get(code),
            };
        }
      },
    );
    tableMetric(
      "counter",
      {
        name: "edgecase_failures_total",
        help: "Failures of origins; late: the response's head had left.",
        labelNames: ["zone", "origin", "phase", "failure", "reason", "late", "injected"],
        registers,
      },
      function* () {
        for (const [zone, { failures }] of rows()) {
          for (const { labels, value } of failures.values())
            yield { labels: { zone, ...labels }, value };
        }
      },
    );
    tableMetric(
      "counter",
      {
        name: "edgecase_injected_requests_total",
        help: "Requests that had a fault put in their way on purpose.",
        labelNames: ["zone", "fault"],
        registers,
      },
      function* () {
        for (const [zone, { injected }] of rows()) {
          for (const [fault, value] of injected) yield { labels: { zone, fault }, value };
        }
      },
    );
  }

  #registerHistograms(registers: TableMetric[]): void {
    const rows = (): Iterable<[string, ZoneCounts]> => this.#zoneCounts();
    tableHistogram(
      {
        name: "edgecase_request_duration_seconds",
        help: "From the request's head to the end of the response.",
        labelNames: ["zone"],
        registers,
      },
      function* () {
        for (const [zone, { duration }] of rows()) yield { labels: { zone }, histogram: duration };
      },
    );
    tableHistogram(
      {
        name: "edgecase_origin_phase_duration_seconds",
        help: "What each step towards the origin took.",
        labelNames: ["zone", "phase"],
        registers,
      },
      function* () {
        for (const [zone, { phases: histograms }] of rows()) {
          for (const [index, histogram] of histograms.entries())
            yield { labels: { zone, phase: phases[index] ?? "" }, histogram };
        }
      },
    );
  }

  #registerGauges(registers: TableMetric[]): void {
    const rows = this.#rows;
    tableMetric(
      "gauge",
      {
        name: "edgecase_origin_connections",
        help: "Connections to origins by state.",
        labelNames: ["zone", "origin", "state"],
        registers,
      },
      function* () {
        for (const { zone } of rows.values()) {
          for (const { label: origin, connectionCounts } of zone.origins) {
            for (const [state, value] of Object.entries(connectionCounts))
              yield { labels: { zone: zone.name, origin, state }, value: Number(value) };
          }
        }
      },
    );
    tableMetric(
      "gauge",
      {
        name: "edgecase_build_info",
        help: "Always 1.",
        labelNames: ["version", "node"],
        registers,
      },
      function* () {
        yield { labels: { version, node: process.version }, value: 1 };
      },
    );
  }
}
