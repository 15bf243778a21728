// What Prometheus is told. Counted in plain numbers per zone; labels are from closed sets: zones, origins, codes, failures.

import { setImmediate } from "node:timers/promises";

import { Registry } from "prom-client";

import type { ExchangeContext } from "../exchange-context.ts";
import type { Zone } from "../zone.ts";
import { countingTable } from "./statuses.ts";
import { type MetricDefinition, tableHistogram, tableMetric } from "./table-metric.ts";
import { phases, requestLabels, ZoneCounts } from "./zone-counts.ts";

/** The zone label of requests for hosts that no zone has. */
const noZone = "none";

/** The gateway's metrics and the two forms in which they are served. */
export class Metrics {
  readonly #classic = new Registry();
  readonly #openMetrics = new Registry();
  readonly #counts: ZoneCounts[];
  readonly #zones: readonly Zone[];
  readonly #outside: ZoneCounts;

  /**
   * `codes` are the codes that any profile can answer with: each zone's errors start at 0 for every one of them. `statuses` are those
   * that go with them.
   */
  constructor(
    zones: readonly Zone[],
    codes: readonly number[],
    version: string,
    statuses: readonly number[] = [],
  ) {
    this.#openMetrics.setContentType(Registry.OPENMETRICS_CONTENT_TYPE as never);
    this.#zones = zones;
    const ofRules = zones.flatMap(({ config }) =>
      config.errorRules.flatMap(({ responseStatus }) => responseStatus ?? []),
    );
    const countedAs = countingTable([...statuses, ...ofRules]);
    this.#counts = zones.map(() => new ZoneCounts(codes, countedAs));
    this.#outside = new ZoneCounts(codes, countedAs);
    this.#register(version);
  }

  /** Counts a request that has ended, however it ended. */
  count(context: ExchangeContext, totalMs: number): void {
    this.#of(context.zone).count(context, totalMs);
  }

  /** Every metric there is, whether or not it has a sample yet. */
  get definitions(): readonly MetricDefinition[] {
    return this.#classic.getMetricsAsArray() as unknown as MetricDefinition[];
  }

  /** The scrape: classic text, or OpenMetrics where Accept asks for it. */
  async scrape(accept: string | undefined): Promise<{ contentType: string; body: string }> {
    const isOpenMetrics = accept?.includes("application/openmetrics-text") === true;
    const registry = isOpenMetrics ? this.#openMetrics : this.#classic;
    const parts: string[] = [];
    for (const { name } of registry.getMetricsAsArray()) {
      // oxlint-disable-next-line no-await-in-loop -- One at a time, and requests in between: a thousand zones take a while.
      parts.push(await registry.getSingleMetricAsString(name));
      // oxlint-disable-next-line no-await-in-loop -- See above.
      await setImmediate();
    }
    const end = isOpenMetrics ? "# EOF\n" : "";
    return { contentType: registry.contentType, body: `${parts.join("\n")}\n${end}` };
  }

  #of(zone: Zone | null): ZoneCounts {
    return (zone === null ? undefined : this.#counts[zone.index]) ?? this.#outside;
  }

  *#rows(): Iterable<[zone: string, counts: ZoneCounts]> {
    for (const zone of this.#zones) yield [zone.name, this.#of(zone)];
    yield [noZone, this.#outside];
  }

  #register(version: string): void {
    const registers = [this.#classic, this.#openMetrics];
    this.#registerCounters(registers);
    this.#registerHistograms(registers);
    this.#registerGauges(registers, version);
  }

  #registerCounters(registers: Registry[]): void {
    const rows = (): Iterable<[string, ZoneCounts]> => this.#rows();
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
    const rows = (): Iterable<[string, ZoneCounts]> => this.#rows();
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

  #registerGauges(registers: Registry[], version: string): void {
    const zones = this.#zones;
    tableMetric(
      "gauge",
      {
        name: "edgecase_origin_connections",
        help: "Connections to origins by state.",
        labelNames: ["zone", "origin", "state"],
        registers,
      },
      function* () {
        for (const zone of zones) {
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
