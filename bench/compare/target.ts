// What is to be reached, and whether it was.

import { type CaseResult, labelOf, type Result } from "./sample.ts";
import { paired, ratio, type Spread, spreadOf } from "./statistics.ts";

/** Throughput, p99, CPU for each request and peak memory are ratios; `added` is milliseconds at the median. */
export type Quantity = "throughput" | "p99" | "cpu" | "memory" | "added";

/** Who it is measured by: one chosen among the peers by what they did, or a contestant's label. */
export type Opponent =
  | "fastest_node"
  | "cheapest_node"
  | "best_node"
  | "observed"
  | "leanest_fastify";

/** A row of the table of targets. */
export interface Target {
  readonly case: string;
  readonly of: Quantity;
  /** A contestant's label; `edgecase` unless told. */
  readonly subject?: string;
  readonly against: Opponent | (string & {});
  readonly atLeast?: number;
  readonly atMost?: number;
}

/** What came of a target. */
export interface Verdict {
  readonly target: Target;
  /** Null where it was not measured. */
  readonly isReached: boolean | null;
  readonly opponent: string;
  readonly value: Spread | null;
  /** For throughput: the CPU time for each request of whoever it is then measured by, over the subject's. */
  readonly byCpu: { readonly opponent: string; readonly value: Spread } | null;
}

/** Judges one target by what was measured. */
export function judge(target: Target, measured: readonly CaseResult[]): Verdict {
  const results = measured.find(({ of }) => of.name === target.case)?.results ?? [];
  const done = results.filter(({ skipped }) => skipped === null);
  const subject = done.find((result) => labelOf(result.contestant) === nameOf(target));
  const opponent = opponentOf(target, done);
  if (subject === undefined || opponent === undefined)
    return { target, isReached: null, opponent: "", value: null, byCpu: null };
  const value = compare(target.of, subject, opponent);
  return {
    target,
    isReached: value === null ? null : isWithin(target, value.median),
    opponent: labelOf(opponent.contestant),
    value,
    byCpu: target.of === "throughput" ? cpuVerdict(target, subject, done) : null,
  };
}

/** The fastest by CPU time may be another one: throughput is a matter of who had the core, too. */
function cpuVerdict(target: Target, subject: Result, done: readonly Result[]): Verdict["byCpu"] {
  const against = target.against === "fastest_node" ? "cheapest_node" : target.against;
  const opponent = opponentOf({ ...target, against }, done);
  const value = opponent === undefined ? null : inverse(compare("cpu", subject, opponent));
  return opponent === undefined || value === null
    ? null
    : { opponent: labelOf(opponent.contestant), value };
}

/** The subject's label. */
export function nameOf({ subject = "edgecase" }: Target): string {
  return subject;
}

/** Whether a value is what the target wants. */
export function isWithin(
  { atLeast = -Infinity, atMost = Infinity }: Target,
  value: number,
): boolean {
  return value >= atLeast && value <= atMost;
}

/** One result by another one, over the rounds. */
export function compare(of: Quantity, subject: Result, opponent: Result): Spread | null {
  const [left, right] = [subject.samples, opponent.samples];
  switch (of) {
    case "throughput":
      return paired(left, right, (one, other) => ratio(one.perSecond, other.perSecond));
    case "p99":
      return paired(left, right, (one, other) => ratio(one.p99Ms, other.p99Ms));
    case "cpu":
      return spreadOf([ratio(leastCpu(subject), leastCpu(opponent))]);
    case "added":
      return paired(left, right, (one, other) =>
        one.p50Ms === null || other.p50Ms === null ? null : one.p50Ms - other.p50Ms,
      );
    case "memory":
      return spreadOf([ratio(subject.peakMb, opponent.peakMb)]);
  }
}

/**
 * Of the round in which others disturbed it least: they can only make it more, by what they throw out of the caches. Null where it
 * cannot be read.
 */
function leastCpu({ samples }: Result): number | null {
  return spreadOf(samples.map(({ cpuMicros }) => cpuMicros))?.min ?? null;
}

/** One over it. */
export function inverse(spread: Spread | null): Spread | null {
  if (spread === null) return null;
  return { median: 1 / spread.median, min: 1 / spread.max, max: 1 / spread.min };
}

function opponentOf({ against }: Target, results: readonly Result[]): Result | undefined {
  const bare = results.filter(({ peer }) => peer.kind === "node" || peer.kind === "fastify");
  const fastify = results.filter(({ peer }) => peer.kind === "fastify" || peer.kind === "observed");
  switch (against) {
    case "fastest_node":
      return best(bare, ({ samples }) => -middle(samples.map(({ perSecond }) => perSecond)));
    case "cheapest_node":
      return best(bare, (result) => leastCpu(result) ?? Infinity);
    case "best_node":
      return best(bare, ({ samples }) => middle(samples.map(({ p99Ms }) => p99Ms)));
    case "leanest_fastify":
      return best(fastify, ({ peakMb }) => peakMb ?? Infinity);
    case "observed":
      return results.find(({ peer }) => peer.kind === "observed");
    default:
      return results.find(({ contestant }) => labelOf(contestant) === against);
  }
}

function middle(values: readonly (number | null)[]): number {
  return spreadOf(values)?.median ?? Infinity;
}

function best(results: readonly Result[], cost: (result: Result) => number): Result | undefined {
  return results.toSorted((left, right) => cost(left) - cost(right))[0];
}
