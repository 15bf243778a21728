// What came out: a sample for every round, a result for every contestant.

import type { Case, Contestant } from "./case.ts";
import type { Peer } from "./peer.ts";

/** One round. */
export interface Sample {
  readonly perSecond: number;
  /** Of the peer's processes, for each request; null where that cannot be read. */
  readonly cpuMicros: number | null;
  /** Part of the time in which the peer's cores were busy with it, 0 to 1. */
  readonly busy: number | null;
  /** Milliseconds; null where the load generator does not tell. */
  readonly p50Ms: number | null;
  readonly p99Ms: number | null;
  /** Requests that were not answered, or not as they should be. */
  readonly errors: number;
}

/** What became of one contestant. */
export interface Result {
  readonly contestant: Contestant;
  readonly peer: Peer;
  /** Why there are no samples; null if there are. */
  readonly skipped: string | null;
  readonly samples: readonly Sample[];
  /** Status of the answers. */
  readonly status: number;
  /** Largest resident memory of its processes up to the end, in megabytes (10⁶); null where that cannot be read. */
  readonly peakMb: number | null;
  /** The same before the first request. */
  readonly startMb: number | null;
}

/** What became of a case. */
export interface CaseResult {
  readonly of: Case;
  readonly results: readonly Result[];
}

/** The contestant's name in tables. */
export function labelOf({ label, peer }: Contestant): string {
  return label ?? peer;
}
