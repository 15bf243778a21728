// The bridge from our tables to prom-client: metrics whose samples are read off when scraped, through its public `get`.

import {
  Counter,
  Gauge,
  type MetricObjectWithValues,
  type MetricValue,
  type Registry,
} from "prom-client";

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

/** A counter or gauge whose samples come from `read`. */
export function tableMetric(
  kind: "counter" | "gauge",
  options: TableOptions,
  read: () => Iterable<Sample>,
): void {
  const configuration = {
    name: options.name,
    help: options.help,
    labelNames: [...options.labelNames],
    registers: options.registers,
  };
  if (kind === "counter") {
    new Counter({
      ...configuration,
      collect() {
        this.reset();
        for (const { labels, value } of read()) this.inc(labels, value);
      },
    });
    return;
  }
  new Gauge({
    ...configuration,
    collect() {
      this.reset();
      for (const { labels, value } of read()) this.set(labels, value);
    },
  });
}

/** A histogram whose buckets come from `read`. prom-client's own has no way to set them, but asks only for `get`. */
export function tableHistogram(
  options: TableOptions,
  read: () => Iterable<{ labels: Record<string, string>; histogram: Histogram }>,
): void {
  const metric = {
    name: options.name,
    help: options.help,
    type: "histogram",
    aggregator: "sum",
    get: async () => ({
      name: options.name,
      help: options.help,
      type: "histogram",
      aggregator: "sum",
      values: [...samples(options.name, read())],
    }),
    reset: () => {},
  };
  for (const registry of options.registers) registry.registerMetric(metric as unknown as Counter);
}

function* samples(
  name: string,
  rows: Iterable<{ labels: Record<string, string>; histogram: Histogram }>,
): Iterable<MetricValue<string> & { metricName: string }> {
  for (const { labels, histogram } of rows) {
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

/** What prom-client reads of a metric; named here so that a change of its types is noticed. */
export type ReadMetric = MetricObjectWithValues<MetricValue<string>>;
