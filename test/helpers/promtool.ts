// promtool on the committed rules, with series as a gateway gave them.

import { spawnSync } from "node:child_process";
import { cpSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { parse } from "yaml";

import type { ScrapedSample } from "./exposition.ts";

/** An alert, as its rule file has it. */
export interface AlertRule {
  readonly alert: string;
  readonly expr: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

interface RecordingRule {
  readonly record: string;
  readonly expr: string;
}

interface RuleFile {
  readonly groups: readonly { readonly rules: readonly (AlertRule | RecordingRule)[] }[];
}

const source = "deploy/prometheus";

/** Every rule of deploy/prometheus/rules. */
export function readRules(): { alerts: AlertRule[]; recordings: RecordingRule[] } {
  const rules = readdirSync(`${source}/rules`).flatMap((file) => {
    const { groups } = parse(readFileSync(`${source}/rules/${file}`, "utf8")) as RuleFile;
    return groups.flatMap((group) => group.rules);
  });
  return {
    alerts: rules.filter((rule): rule is AlertRule => "alert" in rule),
    recordings: rules.filter((rule): rule is RecordingRule => "record" in rule),
  };
}

/** Copies deploy/prometheus into a folder; `change` may change the text of prometheus.yml. */
export function copyPrometheusFolder(folder: string, change: (config: string) => string): string {
  cpSync(source, folder, { recursive: true });
  const file = join(folder, "prometheus.yml");
  writeFileSync(file, change(readFileSync(file, "utf8")));
  return file;
}

/** Runs promtool to its end. */
export function promtool(args: readonly string[], input = ""): { status: number; output: string } {
  const { status, stdout, stderr } = spawnSync("promtool", args, { encoding: "utf8", input });
  return { status: status ?? -1, output: stdout + stderr };
}

/**
 * Series for promtool, one value for each scrape; a series that a scrape does not have is absent there. promtool's clock begins in
 * 1970, so a moment becomes what is left until it, or over since. `target` are labels that Prometheus adds.
 */
export function seriesOf(
  scrapes: readonly (readonly ScrapedSample[])[],
  target: Readonly<Record<string, string>> = {},
): object[] {
  const added = Object.entries(target).map(([label, value]) => `${label}="${value}"`);
  const now = Date.now() / 1_000;
  const values = new Map<string, string[]>();
  for (const [index, scrape] of scrapes.entries()) {
    for (const { name, labelText, value } of scrape) {
      const key = `${name}{${[labelText.slice(1, -1), ...added].filter(Boolean).join(",")}}`;
      if (!values.has(key))
        values.set(
          key,
          Array.from({ length: scrapes.length }, () => "_"),
        );
      const isMoment = name.endsWith("_timestamp_seconds");
      (values.get(key) ?? [])[index] = String(isMoment ? value - now : value);
    }
  }
  return [...values].map(([series, list]) => ({ series, values: list.join(" ") }));
}

/** What promtool should find firing: the rule's labels with those of the series, and its annotations with them filled in. */
export function firing(
  rule: AlertRule,
  series: Readonly<Record<string, string>>,
): { exp_labels: object; exp_annotations: object } {
  const fill = (text: string): string =>
    text.replaceAll(/\{\{ \$labels\.(\w+) \}\}/g, (_, name: string) => series[name] ?? "");
  return {
    exp_labels: { ...rule.labels, ...series },
    exp_annotations: Object.fromEntries(
      Object.entries(rule.annotations).map(([name, text]) => [name, fill(text)]),
    ),
  };
}
