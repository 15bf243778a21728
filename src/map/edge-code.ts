// The answer's code: what a profile makes of a failure.

import type { CodeFacts } from "../../edge-codes/index.ts";

/** A code to answer with. */
export interface EdgeCode {
  /** The number that people search for: a status, or the 1xxx that a status carries. */
  readonly code: number;
  /** The HTTP status sent. */
  readonly status: number;
  readonly facts: CodeFacts;
}
