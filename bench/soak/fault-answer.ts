// What becomes of a request for a broken origin of the zoo, and what should.

import { codes, profiles } from "../../edge-codes/index.ts";
import type { Expectation } from "../../fixtures/fixture.ts";
import type { LogLine } from "../../test/helpers/gateway.ts";

/** What a client saw. */
export interface FaultAnswer {
  readonly fixture: string;
  /** Empty if there was no head. */
  readonly ray: string;
  readonly status: number;
  readonly ending: string;
  /** The request that shows the fault; those before it may come to anything. */
  readonly isLast: boolean;
}

/** What is wrong with an answer and its access line, for a fixture that says how it should be judged; null if nothing is. */
export function faultIn(
  { status, ending }: FaultAnswer,
  line: LogLine,
  expects: Expectation,
): string | null {
  const { failure = null, reason = null, late = false } = line;
  const seen = { status, ending, failure, late };
  if ("status" in expects)
    return differenceOf(seen, { status: expects.status, ending: "complete", failure: null, late });
  const isLate = expects.late === true;
  return differenceOf(
    { ...seen, reason },
    {
      status: isLate ? status : codes[profiles.cloudflare.codes[expects.failure]].status,
      ending: isLate ? "truncated" : "complete",
      failure: expects.failure,
      late: isLate,
      reason: isAlike(expects.reason, reason) ? reason : expects.reason,
    },
  );
}

/**
 * libuv tells the last bytes and a reset as an end if it finds both at once, which takes a gateway that is late; the code is the same.
 */
function isAlike(wanted: string | undefined, found: unknown): boolean {
  return wanted === undefined || wanted.replace("reset_", "closed_") === found;
}

function differenceOf(
  seen: Readonly<Record<string, unknown>>,
  wanted: Readonly<Record<string, unknown>>,
): string | null {
  const different = Object.keys(wanted).filter((key) => seen[key] !== wanted[key]);
  if (different.length === 0) return null;
  return different
    .map((key) => `${key} ${String(seen[key])}, not ${String(wanted[key])}`)
    .join("; ");
}
