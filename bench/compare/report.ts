// The report: Markdown tables, and a word where a number means nothing.

import { table } from "../../scripts/pages/markdown.ts";
import type { Machine } from "./machine.ts";
import { type CaseResult, labelOf, type Result, type Sample } from "./sample.ts";
import { type Spread, spreadOf } from "./statistics.ts";
import { compare, inverse, isWithin, judge, nameOf, type Target, type Verdict } from "./target.ts";

/** A gateway's core that is less busy than this was not the limit. */
const busyEnough = 0.85;
const nothing = "–";

/** All there is to tell. */
export interface Report {
  readonly measured: readonly CaseResult[];
  readonly targets: readonly Target[];
  readonly machine: Machine;
}

/** The whole report; its headings start at the third level. */
export function reportOf({ measured, targets, machine }: Report): string {
  const ran = new Set(measured.map(({ of }) => of.name));
  const verdicts = targets
    .filter((target) => ran.has(target.case))
    .map((target) => judge(target, measured));
  return [
    "### Where and how",
    table(["", ""], Object.entries(machine)),
    "### Who",
    table(["peer", "version", "set up with"], peersOf(measured)),
    "### Targets",
    targetTable(verdicts),
    ...measured.flatMap(caseReport),
    "",
  ].join("\n\n");
}

function peersOf(measured: readonly CaseResult[]): readonly (readonly string[])[] {
  const peers = measured.flatMap(({ results }) => results.map(({ peer }) => peer));
  return [...new Set(peers)].map((peer) => [
    peer.name,
    peer.version() ?? "not installed",
    peer.config,
  ]);
}

const quantities = {
  throughput: "requests a second",
  p99: "p99",
  cpu: "CPU a request",
  memory: "peak memory",
  added: "added at the median",
} as const;

const opponents: Readonly<Record<string, string>> = {
  fastest_node: "the fastest Node peer",
  best_node: "the best Node peer",
  observed: "reply-from with log and metrics",
  leanest_fastify: "the leanest Fastify peer",
};

function targetTable(verdicts: readonly Verdict[]): string {
  const head = ["case", "target", "against", "measured (rounds)", "by CPU", "reached"];
  return table(head, verdicts.map(verdictRow));
}

function verdictRow({ target, isReached, opponent, value, byCpu }: Verdict): readonly string[] {
  const { case: name, of, against, atLeast, atMost } = target;
  const unit = of === "added" ? "ms" : "×";
  const bound = atLeast === undefined ? `≤ ${atMost} ${unit}` : `≥ ${atLeast} ${unit}`;
  const whom = opponents[against] ?? against;
  const subject = nameOf(target) === "edgecase" ? "" : `${nameOf(target)}: `;
  return [
    `\`${name}\``,
    `${subject}${quantities[of]} ${bound} ${whom}`,
    opponent,
    value === null ? nothing : `${spread(value, 2)} ${unit}`,
    byCpu === null ? nothing : `${spread(byCpu.value, 2)} × (${byCpu.opponent})`,
    verdictWord(target, isReached, value),
  ];
}

function verdictWord(target: Target, isReached: boolean | null, value: Spread | null): string {
  if (isReached === null || value === null) return "not measured";
  const bound = target.atLeast ?? target.atMost ?? 0;
  const distance =
    target.of === "added"
      ? `${Math.abs(value.median - bound).toFixed(2)} ms`
      : `${Math.abs((value.median / bound - 1) * 100).toFixed(0)} %`;
  const word = isReached ? `**yes**, by ${distance}` : `no, by ${distance}`;
  const isSure = isWithin(target, value.min) === isWithin(target, value.max);
  return isSure ? word : `${word}; rounds differ about it`;
}

function caseReport({ of, results }: CaseResult): readonly string[] {
  const done = results.filter(({ skipped }) => skipped === null);
  const first = done.find(({ contestant }) => labelOf(contestant) === "edgecase") ?? done[0];
  const name = first === undefined ? "" : labelOf(first.contestant);
  const head = [
    "",
    "requests/s (rounds)",
    `${name} ÷ this`,
    "CPU µs a request",
    `this ÷ ${name}, CPU`,
    "p50 ms",
    "p99 ms",
    "MB at start",
    "MB at most",
    "",
  ];
  const rows = results.map((result) => row(result, first));
  return [`### \`${of.name}\``, of.what, table(head, rows)];
}

function row(result: Result, reference: Result | undefined): readonly string[] {
  const { samples, contestant, skipped, startMb, peakMb } = result;
  const label = labelOf(contestant);
  if (skipped !== null) return [label, ...Array.from({ length: 8 }, () => nothing), skipped];
  const of = (pick: (sample: Sample) => number | null): Spread | null =>
    spreadOf(samples.map(pick));
  const isReference = reference === undefined || reference === result;
  const times = isReference ? null : compare("throughput", reference, result);
  const cpuTimes = isReference ? null : inverse(compare("cpu", reference, result));
  return [
    label,
    spread(of(({ perSecond }) => perSecond)),
    times === null ? nothing : `${times.median.toFixed(2)} ×`,
    leastAndMiddle(of(({ cpuMicros }) => cpuMicros)),
    cpuTimes === null ? nothing : `${cpuTimes.median.toFixed(2)} ×`,
    middle(
      of(({ p50Ms }) => p50Ms),
      2,
    ),
    middle(
      of(({ p99Ms }) => p99Ms),
      2,
    ),
    startMb === null ? nothing : startMb.toFixed(0),
    peakMb === null ? nothing : peakMb.toFixed(0),
    wordsOn(result, times).join("; "),
  ];
}

/** Where a number means nothing, or less than it seems to. */
function wordsOn({ samples, status }: Result, times: Spread | null): readonly string[] {
  const errors = samples.reduce((sum, sample) => sum + sample.errors, 0);
  const busy = spreadOf(samples.map((sample) => sample.busy))?.median ?? 1;
  return [
    ...(status >= 400 ? [`answers ${status}`] : []),
    ...(errors > 0 ? [`**${errors} requests went wrong**`] : []),
    ...(busy < busyEnough
      ? [
          `it ran ${(busy * 100).toFixed(0)} % of the time: its core was not the limit, or others had it`,
        ]
      : []),
    ...(times !== null && times.min <= 1 && times.max >= 1
      ? ["rounds differ about who is faster"]
      : []),
  ];
}

function spread(value: Spread | null, digits = 0): string {
  if (value === null) return nothing;
  const { median, min, max } = value;
  const shown = (number: number): string =>
    number.toFixed(number < 20 ? Math.max(digits, 1) : digits);
  return min === max ? shown(median) : `${shown(median)} (${shown(min)}–${shown(max)})`;
}

function leastAndMiddle(value: Spread | null): string {
  if (value === null) return nothing;
  const { min, median } = value;
  return min === median ? min.toFixed(0) : `${min.toFixed(0)} (${median.toFixed(0)})`;
}

function middle(value: Spread | null, digits = 0): string {
  return value === null ? nothing : value.median.toFixed(digits);
}
