// How many access lines there were, and what became of them: what is left out or lost must not be so in silence.

import type { AccessLines } from "./access-lines.ts";
import { type TableMetric, tableMetric } from "./table-metric.ts";

/** Registers `edgecase_log_lines_total`. */
export function lineMetric(registers: TableMetric[], lines: Pick<AccessLines, "counts">): void {
  tableMetric(
    "counter",
    {
      name: "edgecase_log_lines_total",
      help: "Access lines: written, left out by sampling, or dropped because nobody read them in time.",
      labelNames: ["result"],
      registers,
    },
    function* () {
      for (const [result, value] of Object.entries(lines.counts))
        yield { labels: { result }, value };
    },
  );
}
