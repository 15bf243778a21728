// PromQL for the dashboards, made of the metrics' definitions: a metric or a label that the gateway does not have is an error here.

import { pino } from "pino";

import { HealthChecks } from "../../src/health/health-checks.ts";
import { Metrics } from "../../src/record/metrics.ts";
import { ReloadRecord } from "../../src/record/reload-record.ts";
import type { MetricDefinition } from "../../src/record/table-metric.ts";

/** Every metric that a panel may ask for: those of a gateway with nothing to count. */
export const definitions: readonly MetricDefinition[] = new Metrics({
  checks: new HealthChecks(() => false),
  reloads: new ReloadRecord(pino({ enabled: false })),
  lines: { counts: { written: 0, sampled_out: 0, dropped: 0 } },
  capacity: { numbers: { underWay: 0, connections: 0, lagMs: 0 }, connections: { dropped: 0 } },
}).definitions;

/** Labels and the values that they must have, as `="521"` or `=~"5.."`. */
export type Selector = Readonly<Record<string, string>>;

/** What a counter, or a histogram's count, gains a second, summed by these labels. */
export function rateOf(name: string, by: readonly string[], selector: Selector = {}): string {
  return sumBy(
    name,
    by,
    `rate(${samplesOf(name, "_count")}${select(name, selector)}[$__rate_interval])`,
  );
}

/** What a counter has gained in the time that the dashboard shows. */
export function increaseOf(name: string, by: readonly string[], selector: Selector = {}): string {
  return sumBy(
    name,
    by,
    `increase(${samplesOf(name, "_count")}${select(name, selector)}[$__range])`,
  );
}

/** A gauge as it is, summed by these labels. */
export function valueOf(name: string, by: readonly string[], selector: Selector = {}): string {
  return sumBy(name, by, `${samplesOf(name, "")}${select(name, selector)}`);
}

/** The time within which that share of a histogram's observations lie. */
export function quantileOf(share: number, name: string, by: readonly string[]): string {
  const buckets = `rate(${name}_bucket${select(name, {})}[$__rate_interval])`;
  return `histogram_quantile(${share}, ${sumBy(name, [...by, "le"], buckets)})`;
}

/** The sentence that the gateway itself says of a metric. */
export function helpOf(name: string): string {
  return definitionOf(name).help;
}

function sumBy(name: string, by: readonly string[], inner: string): string {
  const { labelNames, type } = definitionOf(name);
  const unknown = by.find(
    (label) => !labelNames.includes(label) && !(type === "histogram" && label === "le"),
  );
  if (unknown !== undefined) throw new Error(`${name} has no label ${unknown}`);
  return by.length === 0 ? `sum(${inner})` : `sum by (${by.join(", ")}) (${inner})`;
}

/** Every query follows the dashboard's choice of zones, if the metric has zones. */
function select(name: string, selector: Selector): string {
  const { labelNames } = definitionOf(name);
  const whole: Selector = {
    ...(labelNames.includes("zone") && { zone: '=~"$zone"' }),
    ...selector,
  };
  const unknown = Object.keys(whole).find((label) => !labelNames.includes(label));
  if (unknown !== undefined) throw new Error(`${name} has no label ${unknown}`);
  const list = Object.entries(whole).map(([label, condition]) => label + condition);
  return list.length === 0 ? "" : `{${list.join(", ")}}`;
}

function samplesOf(name: string, suffix: string): string {
  return definitionOf(name).type === "histogram" ? name + suffix : name;
}

function definitionOf(name: string): MetricDefinition {
  const definition = definitions.find((one) => one.name === name);
  if (definition === undefined) throw new Error(`the gateway has no metric ${name}`);
  return definition;
}
