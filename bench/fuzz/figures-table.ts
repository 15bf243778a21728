// What came of a run of the fuzzer, in Markdown.

import type { Figures } from "./figures.ts";

/** Two tables: counts, and what damaged responses were taken for; a column for each level. */
export function figuresTable(levels: ReadonlyMap<string, Figures>): string {
  const all = [...levels.values()];
  const row = (name: string, of: (figures: Figures) => string | number): string =>
    `| ${[name, ...all.map((figures) => amount(of(figures)))].join(" | ")} |`;
  const head = (name: string): string =>
    `| ${[name, ...levels.keys()].join(" | ")} |\n|---|${"---:|".repeat(all.length)}`;
  const total = (verdict: string): number =>
    all.reduce((sum, { verdicts }) => sum + (verdicts.get(verdict) ?? 0), 0);
  const verdicts = [...new Set(all.flatMap((figures) => [...figures.verdicts.keys()]))];
  return [
    head("responses"),
    row("damaged", ({ damaged }) => damaged),
    row("good ones among them", ({ good }) => good),
    row("good ones lost with what a bad one did to their connection", ({ lost }) => lost),
    row("compared, cut in other places", ({ compared }) => compared),
    row("the slowest, ms", ({ slowestMs }) => Math.round(slowestMs)),
    row("gateway's memory before and after, MB", (figures) => heldText(figures, "megabytes")),
    row("gateway's descriptors before and after", (figures) => heldText(figures, "descriptors")),
    "",
    head("damaged ones, by verdict"),
    ...verdicts
      .toSorted((one, other) => total(other) - total(one))
      .map((verdict) => row(verdict, (figures) => figures.verdicts.get(verdict) ?? 0)),
    "",
  ].join("\n");
}

function amount(value: string | number): string {
  return typeof value === "number" ? value.toLocaleString("en-US") : value;
}

function heldText({ held }: Figures, name: "megabytes" | "descriptors"): string {
  return held.map((holding) => amount(holding[name])).join(" → ") || "–";
}
