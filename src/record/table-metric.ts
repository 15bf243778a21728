// The bridge from our tables to prom-client: metrics whose samples are read off when scraped, through its public `get`.

import { Counter, Gauge, type MetricValue, type Registry } from "prom-client";

import { bucketSeconds, type Histogram } from "./histogram.ts";

/** Labels of one sample, in the order of the metric's label names. */
export interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

interface TableOptions {
  readonly name: string;
  readonly help: string;
  readonly labelNames: readonly string[];
  readonly registers: Registry[];
}

/**
 * A counter or gauge whose samples come from `read`.
 *
 * Samples with the same labels add up. Every registry gets an object of its own: prom-client renames a counter for good when it is printed as OpenMetrics.
 */
export function tableMetric(
  kind: "counter" | "gauge",
  { registers, labelNames, ...named }: TableOptions,
  read: () => Iterable<Sample>,
): void {
  for (const registry of registers) {
    const configuration = { ...named, labelNames: [...labelNames], registers: [registry] };
    if (kind === "counter") {
      new Counter({
        ...configuration,
        collect() {
          this.reset();
          for (const { labels, value } of read()) this.inc(labels, value);
        },
      });
    } else {
      new Gauge({
        ...configuration,
        collect() {
          this.reset();
          for (const { labels, value } of read()) this.inc(labels, value);
        },
      });
    }
  }
}

/** A histogram whose buckets come from `read`. prom-client's own has no way to set them, but asks only for `get`. */
export function tableHistogram(
  { registers, name, help }: TableOptions,
  read: () => Iterable<{ labels: Record<string, string>; histogram: Histogram }>,
): void {
  for (const registry of registers) {
    const facts = { name, help, type: "histogram", aggregator: "sum" };
    const metric = {
      ...facts,
      get: async () => ({ ...facts, values: [...samples(name, read())] }),
      reset: () => {},
    };
    registry.registerMetric(metric as unknown as Counter);
  }
}

function* samples(
  name: string,
  rows: Iterable<{ labels: Record<string, string>; histogram: Histogram }>,
): Iterable<MetricValue<string> & { metricName: string }> {
  for (const { labels, histogram } of rows) {
    if (histogram.total === 0) continue; // A thousand idle zones need not be told of.
    let total = 0;
    for (const [index, bound] of bucketSeconds.entries()) {
      total += histogram.counts[index] ?? 0;
      yield { metricName: `${name}_bucket`, labels: { ...labels, le: bound }, value: total };
    }
    total += histogram.counts[bucketSeconds.length] ?? 0;
    yield { metricName: `${name}_bucket`, labels: { ...labels, le: "+Inf" }, value: total };
    yield { metricName: `${name}_sum`, labels, value: histogram.sumSeconds };
    yield { metricName: `${name}_count`, labels, value: total };
  }
}
