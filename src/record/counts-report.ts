// A zone's numbers on their way from a process that counts to one that adds up. What was reported is no longer counted where it was.

import type { RetryCounts } from "../zone.ts";
import type { Exemplar, HistogramReport } from "./histogram.ts";
import type { FailureCount, ZoneCounts } from "./zone-counts.ts";

/** What was counted for one zone since the last report. */
export interface CountsReport {
  /** Null where no zone had the host. */
  readonly zone: string | null;
  readonly requests: ReadonlyMap<number, number>;
  readonly errors: ReadonlyMap<number, number>;
  readonly exemplars: ReadonlyMap<number, Exemplar>;
  readonly injected: ReadonlyMap<string, number>;
  readonly failures: ReadonlyMap<string, FailureCount>;
  /** Null where there was nothing to count. */
  readonly duration: HistogramReport | null;
  readonly phases: readonly (HistogramReport | null)[];
  readonly retries: Readonly<RetryCounts>;
}

/** Takes what a zone has counted out of its counts; null if that is nothing. */
export function drainCounts(
  zone: string | null,
  counts: ZoneCounts,
  retryCounts: RetryCounts,
): CountsReport | null {
  const { requests, errors, exemplars, injected, failures, duration, phases } = counts;
  const retries = { ...retryCounts };
  if (requests.size === 0 && Object.values(retries).every((count) => count === 0)) return null;
  const report = {
    zone,
    requests: new Map(requests),
    errors: new Map([...errors].filter(([, count]) => count > 0)),
    exemplars: new Map(exemplars),
    injected: new Map(injected),
    failures: new Map(failures),
    duration: duration.drain(),
    phases: phases.map((phase) => phase.drain()),
    retries,
  };
  for (const map of [requests, errors, exemplars, injected, failures]) map.clear();
  for (const kind of Object.keys(retryCounts) as (keyof RetryCounts)[]) retryCounts[kind] = 0;
  return report;
}

/** Adds what was counted elsewhere. */
export function absorbCounts(
  report: CountsReport,
  counts: ZoneCounts,
  retryCounts: RetryCounts | null,
): void {
  addAll(counts.requests, report.requests);
  addAll(counts.errors, report.errors);
  addAll(counts.injected, report.injected);
  for (const [code, exemplar] of report.exemplars) counts.exemplars.set(code, exemplar);
  for (const [key, { labels, value }] of report.failures) {
    const known = counts.failures.get(key);
    if (known === undefined) counts.failures.set(key, { labels, value });
    else known.value += value;
  }
  if (report.duration !== null) counts.duration.absorb(report.duration);
  for (const [index, phase] of report.phases.entries())
    if (phase !== null) counts.phases[index]?.absorb(phase);
  if (retryCounts === null) return;
  for (const kind of Object.keys(report.retries) as (keyof RetryCounts)[])
    retryCounts[kind] += report.retries[kind];
}

function addAll<Key>(counts: Map<Key, number>, added: ReadonlyMap<Key, number>): void {
  for (const [key, count] of added) counts.set(key, (counts.get(key) ?? 0) + count);
}
