// Metrics whose samples are read off our tables when somebody asks for them. exposition.ts has them written.

import type { MetricValue } from "prom-client";

import { bucketSeconds, type Exemplar, type Histogram } from "./histogram.ts";

/** One sample of a counter or gauge, its labels in the order of the metric's label names. */
export interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
  readonly exemplar?: Exemplar | undefined;
}

/** What is known of a metric before anything was counted. */
export interface MetricDefinition {
  readonly name: string;
  readonly help: string;
  readonly type: "counter" | "gauge" | "histogram";
  /** Without a histogram's `le`. */
  readonly labelNames: readonly string[];
}

/** A metric, and the way to its samples. */
export interface TableMetric extends MetricDefinition {
  readonly read: () => Iterable<PrintedValue>;
}

interface TableOptions {
  readonly name: string;
  readonly help: string;
  readonly labelNames: readonly string[];
  /** Where the metric is added. */
  readonly registers: TableMetric[];
}

/** What prom-client prints. Its types leave half of it out. */
export type PrintedValue = MetricValue<string> & {
  readonly metricName?: string;
  readonly sharedLabels?: Readonly<Record<string, string>>;
  readonly exemplar?: PrintedExemplar;
};

interface PrintedExemplar {
  readonly labelSet: { readonly ray: string };
  readonly value: number;
  /** In seconds since 1970. */
  readonly timestamp: number;
}

/**
 * A counter or gauge whose samples come from `read`.
 *
 * Samples with the same labels add up.
 */
export function tableMetric(
  type: "counter" | "gauge",
  { registers, ...named }: TableOptions,
  read: () => Iterable<Sample>,
): void {
  registers.push({ ...named, type, read: () => addUp(read()) });
}

/** A histogram whose buckets come from `read`. */
export function tableHistogram(
  { registers, ...named }: TableOptions,
  read: () => Iterable<{ labels: Record<string, string>; histogram: Histogram }>,
): void {
  registers.push({ ...named, type: "histogram", read: () => samples(named.name, read()) });
}

function addUp(rows: Iterable<Sample>): Iterable<PrintedValue> {
  const byLabels = new Map<string, PrintedValue>();
  for (const { labels, value, exemplar } of rows) {
    const key = Object.values(labels).join("\n");
    const known = byLabels.get(key);
    if (known === undefined) byLabels.set(key, { labels, value, ...printed(exemplar) });
    else known.value += value;
  }
  return byLabels.values();
}

function* samples(
  name: string,
  rows: Iterable<{ labels: Record<string, string>; histogram: Histogram }>,
): Iterable<PrintedValue> {
  for (const { labels, histogram } of rows) {
    if (histogram.total === 0) continue; // A thousand idle zones need not be told of.
    const shared = { labels: {}, sharedLabels: labels }; // Written out once for all of them.
    let total = 0;
    for (const [index, le] of [...bucketSeconds, "+Inf"].entries()) {
      total += histogram.counts[index] ?? 0;
      yield {
        metricName: `${name}_bucket`,
        ...shared,
        labels: { le },
        value: total,
        ...printed(histogram.exemplars[index]),
      };
    }
    yield { ...shared, metricName: `${name}_sum`, value: histogram.sumSeconds };
    yield { ...shared, metricName: `${name}_count`, value: total };
  }
}

function printed(exemplar: Exemplar | undefined): { exemplar?: PrintedExemplar } {
  if (exemplar === undefined) return {};
  const { ray, value, atMs } = exemplar;
  return { exemplar: { labelSet: { ray }, value, timestamp: atMs / 1000 } };
}
