// What Prometheus is told. Counted in plain numbers per zone; labels are from closed sets: zones, origins, codes, failures.

import { METHODS } from "node:http";

import { Registry } from "prom-client";

import type { OriginFailure } from "../classify/origin-failure.ts";
import type { ExchangeContext } from "../exchange-context.ts";
import type { HealthChecks } from "../health/health-checks.ts";
import { version } from "../version.ts";
import type { Zone } from "../zone.ts";
import type { AccessLines } from "./access-lines.ts";
import { Histogram } from "./histogram.ts";
import { lineMetric } from "./line-metric.ts";
import { registerOriginMetrics } from "./origin-metrics.ts";
import type { ReloadRecord } from "./reload-record.ts";
import { tableHistogram, tableMetric } from "./table-metric.ts";

/** Methods that have a label of their own; every other one is `OTHER`. */
const methods = [
  "GET",
  "HEAD",
  "POST",
  "PUT",
  "PATCH",
  "DELETE",
  "OPTIONS",
  "TRACE",
  "OTHER",
] as const;
const methodIndex = new Map<string, number>(
  METHODS.map((method) => [method, methods.indexOf(method as "GET")]),
);
const otherMethod = methods.indexOf("OTHER");

/** No status is larger, so that method and status fit into one number. */
const statusRange = 1000;

const phases = ["dns", "tcp", "tls", "response"] as const;

/** The zone label of requests for hosts that no zone has. */
const noZone = "none";

/** One zone's numbers. */
class ZoneCounts {
  readonly requests = new Map<number, number>();
  readonly errors = new Map<number, number>();
  readonly failures = new Map<string, { labels: Record<string, string>; value: number }>();
  readonly duration = new Histogram();
  readonly phases = phases.map(() => new Histogram());

  constructor(codes: readonly number[] = []) {
    this.expect(codes);
  }

  expect(codes: readonly number[]): void {
    for (const code of codes) if (!this.errors.has(code)) this.errors.set(code, 0);
  }
}

/** Who else counts. */
export interface MetricSources {
  readonly checks: HealthChecks;
  readonly reloads: ReloadRecord;
  readonly lines: Pick<AccessLines, "counts">;
}

/** The gateway's metrics and the two forms in which they are served. */
export class Metrics {
  readonly #classic = new Registry();
  readonly #openMetrics = new Registry();
  /** By name: a zone that takes the place of another goes on with its counts. */
  readonly #rows = new Map<string, { zone: Zone; readonly counts: ZoneCounts }>();
  readonly #outside = new ZoneCounts();
  #codes: readonly number[] = [];

  constructor({ checks, reloads, lines }: MetricSources) {
    this.#openMetrics.setContentType(Registry.OPENMETRICS_CONTENT_TYPE as never);
    const registers = [this.#classic, this.#openMetrics];
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
  }

  /** Codes that any profile can answer with: each zone's errors start at 0 for every one of them. */
  expect(codes: readonly number[]): void {
    this.#codes = codes;
    for (const [, counts] of this.#zoneCounts()) counts.expect(codes);
  }

  /** A zone has come into force. */
  enter(zone: Zone): void {
    const row = this.#rows.get(zone.name);
    if (row !== undefined) row.zone = zone;
    else this.#rows.set(zone.name, { zone, counts: new ZoneCounts(this.#codes) });
  }

  /** A zone has gone out of force; its counts stay if another one of its name has taken its place. */
  leave(zone: Zone): void {
    if (this.#rows.get(zone.name)?.zone === zone) this.#rows.delete(zone.name);
  }

  /** Counts a request that has ended, however it ended. */
  count(context: ExchangeContext, totalMs: number): void {
    const counts = this.#of(context.zone);
    const method = methodIndex.get(context.req.method ?? "") ?? otherMethod;
    add(counts.requests, (method < 0 ? otherMethod : method) * statusRange + context.status);
    counts.duration.observe(totalMs);
    const [dns, tcp, tls, response] = counts.phases;
    if (context.dnsMs !== null) dns?.observe(context.dnsMs);
    if (context.tcpMs !== null) tcp?.observe(context.tcpMs);
    if (context.tlsMs !== null) tls?.observe(context.tlsMs);
    if (context.responseMs !== null) response?.observe(context.responseMs);

    for (const { origin, failure } of context.recovered)
      this.#countFailure(counts, origin, failure);
    if (context.failure === null) return;
    this.#countFailure(counts, context.origin, context.failure);
    if (context.code !== null && !context.failure.responseStarted)
      add(counts.errors, context.code.code);
  }

  /** The scrape: classic text, or OpenMetrics where Accept asks for it. */
  async scrape(accept: string | undefined): Promise<{ contentType: string; body: string }> {
    const registry =
      accept?.includes("application/openmetrics-text") === true ? this.#openMetrics : this.#classic;
    return { contentType: registry.contentType, body: await registry.metrics() };
  }

  /** What ends after its zone was removed counts where requests for unknown hosts do. */
  #of(zone: Zone | null): ZoneCounts {
    return (zone === null ? undefined : this.#rows.get(zone.name)?.counts) ?? this.#outside;
  }

  #countFailure(
    counts: ZoneCounts,
    origin: string,
    { type, reason, phase, responseStarted }: OriginFailure,
  ): void {
    const key = `${origin}|${type}|${reason}|${responseStarted}`;
    let row = counts.failures.get(key);
    if (row === undefined) {
      row = {
        labels: {
          origin,
          phase,
          failure: type,
          reason: reason ?? "",
          late: String(responseStarted),
        },
        value: 0,
      };
      counts.failures.set(key, row);
    }
    row.value += 1;
  }

  *#zoneCounts(): Iterable<[zone: string, counts: ZoneCounts]> {
    for (const [name, { counts }] of this.#rows) yield [name, counts];
    yield [noZone, this.#outside];
  }

  #registerCounters(registers: Registry[]): void {
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
          for (const [key, value] of requests) {
            yield {
              labels: {
                zone,
                method: methods[Math.floor(key / statusRange)] ?? "OTHER",
                status: String(key % statusRange),
              },
              value,
            };
          }
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
        for (const [zone, { errors }] of rows()) {
          for (const [code, value] of errors) yield { labels: { zone, code: String(code) }, value };
        }
      },
    );
    tableMetric(
      "counter",
      {
        name: "edgecase_failures_total",
        help: "Failures of origins; late: the response's head had left.",
        labelNames: ["zone", "origin", "phase", "failure", "reason", "late"],
        registers,
      },
      function* () {
        for (const [zone, { failures }] of rows()) {
          for (const { labels, value } of failures.values())
            yield { labels: { zone, ...labels }, value };
        }
      },
    );
  }

  #registerHistograms(registers: Registry[]): void {
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

  #registerGauges(registers: Registry[]): void {
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
          for (const pool of zone.origins.flatMap(({ connections }) => connections)) {
            for (const [state, value] of Object.entries(pool.counts))
              yield {
                labels: { zone: zone.name, origin: pool.target.label, state },
                value: Number(value),
              };
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

function add(counts: Map<number, number>, key: number): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}
