// A test of the alert rules: a gateway's scrapes, before, during and after trouble, become the input of `promtool test rules`.

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { parseExposition, type ScrapedSample } from "./exposition.ts";
import type { TestGateway } from "./gateway.ts";
import { type AlertRule, copyPrometheusFolder, firing, promtool, readRules } from "./promtool.ts";

/** When, in minutes: quiet, then failing for a while, then quiet again. One scrape a minute. */
export const quietUntil = 6;
export const failingUntil = 14;
export const quietAgainAt = 30;

/** An alert, by its name, and the labels of the series for which it has to fire. */
export type Expected = readonly [
  alert: string,
  series: readonly Readonly<Record<string, string>>[],
];

/** The rules in a folder of their own. */
export class RuleTest implements Disposable {
  readonly #folder = mkdtempSync(join(tmpdir(), "edgecase-test-"));
  /** The copy of prometheus.yml. */
  readonly config: string;

  constructor() {
    writeFileSync(join(this.#folder, "admin-token"), "secret");
    this.config = copyPrometheusFolder(this.#folder, (config) =>
      config.replace("/run/edgecase/admin-token", "admin-token"),
    );
  }

  /** promtool's verdict: nothing fires before, everything that is expected and no more does in the middle, nothing after. */
  judge(series: readonly object[], expected: readonly Expected[]): string {
    const at = (minutes: number, isFiring: boolean): object[] =>
      expected.map(([alert, labels]) => ({
        eval_time: `${minutes}m`,
        alertname: alert,
        exp_alerts: isFiring ? labels.map((each) => firing(ruleOf(alert), each)) : [],
      }));
    const file = join(this.#folder, "test.json");
    writeFileSync(
      file,
      JSON.stringify({
        rule_files: ["recording", "alerts", "codes"].map((name) =>
          join(this.#folder, "rules", `${name}.yml`),
        ),
        evaluation_interval: "1m",
        tests: [
          {
            interval: "1m",
            input_series: series,
            alert_rule_test: [
              ...at(quietUntil - 1, false),
              ...at(failingUntil - 1, true),
              ...at(quietAgainAt - 1, false),
            ],
          },
        ],
      }),
    );
    const { status, output } = promtool(["test", "rules", file]);
    return status === 0 ? "as expected" : output;
  }

  [Symbol.dispose](): void {
    rmSync(this.#folder, { recursive: true });
  }
}

/** Scrapes before, during and after `fail`, which is called once for each minute of trouble. */
export async function scrapeThrough(gateway: TestGateway, fail: () => Promise<void>) {
  const before = await scrape(gateway);
  const scrapes = Array.from({ length: quietUntil }, () => before);
  while (scrapes.length < failingUntil) {
    await fail();
    scrapes.push(await scrape(gateway));
  }
  const after = scrapes.at(-1) ?? [];
  return [...scrapes, ...Array.from({ length: quietAgainAt - failingUntil }, () => after)];
}

/** Scrapes of a state that lasts: before `breakIt`, between the two, and after `repair`. */
export async function scrapeWhile(
  gateway: TestGateway,
  breakIt: () => Promise<unknown>,
  repair: () => Promise<unknown>,
) {
  const before = await scrape(gateway);
  await breakIt();
  const during = await scrape(gateway);
  await repair();
  const after = await scrape(gateway);
  return [
    ...Array.from({ length: quietUntil }, () => before),
    ...Array.from({ length: failingUntil - quietUntil }, () => during),
    ...Array.from({ length: quietAgainAt - failingUntil }, () => after),
  ];
}

async function scrape({ gateway }: TestGateway): Promise<ScrapedSample[]> {
  return parseExposition((await gateway.metrics.scrape(undefined)).body);
}

function ruleOf(name: string): AlertRule {
  const rule = readRules().alerts.find(({ alert }) => alert === name);
  if (rule === undefined) throw new Error(`no alert ${name}`);
  return rule;
}
