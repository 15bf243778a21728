// Beside the line: every reload of the configuration is told among the messages, and counted.

import type { Logger } from "pino";

import { ConfigError, type ConfigProblem, describe } from "../config/config-error.ts";
import type { GatewayConfig } from "../config/gateway-config.ts";
import type { ReloadOutcome } from "../reload/reload-outcome.ts";
import { type TableMetric, tableMetric } from "./table-metric.ts";

/** So many problems, warnings or names are told at most: `edgecase check` has all of them. */
const mostTold = 20;

/** Tells of reloads and counts them. The configuration that the gateway started with counts as the first good one. */
export class ReloadRecord {
  readonly #messages: Logger;
  readonly #counts = { success: 0, failure: 0 };
  #isLastGood = true;
  #lastGoodAt = Date.now();

  constructor(messages: Logger) {
    this.#messages = messages;
  }

  /** Another configuration is in force. */
  succeeded({ file, warnings }: GatewayConfig, outcome: ReloadOutcome, ms: number): void {
    const { added, changed, removed, needsRestart } = outcome;
    this.#counts.success += 1;
    this.#isLastGood = true;
    this.#lastGoodAt = Date.now();
    this.#tell("warn", file, warnings);
    if (needsRestart.length > 0)
      this.#messages.warn(
        { keys: needsRestart },
        `not applied, since it takes a restart: ${needsRestart.join(", ")}`,
      );
    this.#messages.info(
      {
        added: added.slice(0, mostTold),
        changed: changed.slice(0, mostTold),
        removed: removed.slice(0, mostTold),
        ms: Math.round(ms),
      },
      `configuration reloaded: ${added.length} zones added, ${changed.length} changed, ${removed.length} removed`,
    );
  }

  /** The configuration cannot be used: the one in force stays. */
  failed(error: unknown, ms: number): void {
    this.#counts.failure += 1;
    this.#isLastGood = false;
    const isExpected = error instanceof ConfigError;
    if (isExpected) this.#tell("error", error.file, error.problems);
    this.#messages.error(
      {
        ...(isExpected ? { problems: error.problems.length } : { err: error }),
        ms: Math.round(ms),
      },
      "configuration not reloaded: the last good one stays in force",
    );
  }

  /** Adds the metrics of reloads. */
  register(registers: TableMetric[]): void {
    const read = {
      total: () =>
        Object.entries(this.#counts).map(([result, value]) => ({ labels: { result }, value })),
      isLastGood: () => [{ labels: {}, value: Number(this.#isLastGood) }],
      lastGoodAt: () => [{ labels: {}, value: this.#lastGoodAt / 1_000 }],
    };
    const reloads = {
      name: "edgecase_config_reloads_total",
      help: "Reloads of the configuration by their result.",
      labelNames: ["result"],
      registers,
    };
    const isLastGood = {
      name: "edgecase_config_last_reload_successful",
      help: "1 if the configuration that was read last is in force, 0 if it could not be used.",
      labelNames: [],
      registers,
    };
    const lastGoodAt = {
      name: "edgecase_config_last_reload_success_timestamp_seconds",
      help: "When the configuration in force was put in force.",
      labelNames: [],
      registers,
    };
    tableMetric("counter", reloads, read.total);
    tableMetric("gauge", isLastGood, read.isLastGood);
    tableMetric("gauge", lastGoodAt, read.lastGoodAt);
  }

  /** A message for each of the first problems: where it stands, the rule, and the value found. */
  #tell(level: "warn" | "error", file: string | null, problems: readonly ConfigProblem[]): void {
    for (const problem of problems.slice(0, mostTold))
      this.#messages[level]({ file, ...problem }, describe(file, problem));
  }
}
