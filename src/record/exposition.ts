// The bridge from our metrics to prom-client, which writes their two text forms. Loaded with the first scrape: a start does without.

import { setImmediate } from "node:timers/promises";

import { type Metric, Registry } from "prom-client";

import type { TableMetric } from "./table-metric.ts";

/** A scrape lets requests have their turn when it has taken so long, in milliseconds. */
const longestTurnMs = 5;

/** A page of metrics. */
export interface Exposition {
  readonly contentType: string;
  readonly body: string;
}

/** Writes metrics as classic text or as OpenMetrics. */
export class Exposer {
  readonly #classic: Registry;
  readonly #openMetrics: Registry;

  constructor(metrics: readonly TableMetric[]) {
    this.#classic = registryOf(metrics);
    // In OpenMetrics `_total` belongs to a counter's samples, not to its name.
    this.#openMetrics = registryOf(
      metrics.map((metric) => ({ ...metric, name: metric.name.replace(/_total$/, "") })),
    );
    this.#openMetrics.setContentType(Registry.OPENMETRICS_CONTENT_TYPE as never);
  }

  /** Classic text, or OpenMetrics where Accept asks for it. */
  async write(accept: string | undefined): Promise<Exposition> {
    const isOpenMetrics = accept?.includes("application/openmetrics-text") === true;
    const registry = isOpenMetrics ? this.#openMetrics : this.#classic;
    const parts: string[] = [];
    let begunAt = performance.now();
    for (const { name } of registry.getMetricsAsArray()) {
      // oxlint-disable-next-line no-await-in-loop -- One at a time, and requests in between: a thousand zones take a while.
      parts.push(await registry.getSingleMetricAsString(name));
      if (performance.now() - begunAt < longestTurnMs) continue; // A turn of requests can take long when there are many.
      // oxlint-disable-next-line no-await-in-loop -- See above.
      await setImmediate();
      begunAt = performance.now();
    }
    const end = isOpenMetrics ? "# EOF\n" : "";
    return { contentType: registry.contentType, body: `${parts.join("\n")}\n${end}` };
  }
}

/** prom-client's own metrics have no way to be given their numbers, but a registry asks of a metric only for `get`. */
function registryOf(metrics: readonly TableMetric[]): Registry {
  const registry = new Registry();
  for (const { read, ...definition } of metrics) {
    const facts = { ...definition, aggregator: "sum" };
    const metric = {
      ...facts,
      get: async () => ({ ...facts, values: [...read()] }),
      reset: () => {},
    };
    registry.registerMetric(metric as unknown as Metric);
  }
  return registry;
}
