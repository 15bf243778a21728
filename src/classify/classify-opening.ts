// Judges why a request has no connection to go out on: a step of `connect` failed, or something before any of them.

import { PhaseError } from "../connect/phase-error.ts";
import { classifyConnect } from "./classify-connect.ts";
import { classifyExchange } from "./classify-exchange.ts";
import type { OriginFailure } from "./origin-failure.ts";

/** What was judged before: a crowd that meets a refusal has one error, and one failure. */
const judged = new WeakMap<PhaseError, OriginFailure>();

/** From what opening a connection rejected with to a failure: of requests, checks and diagnoses alike. */
export function classifyOpening(error: unknown): OriginFailure {
  if (error instanceof PhaseError) return judged.get(error) ?? judge(error);
  return classifyExchange({
    error,
    wire: null,
    isReused: false,
    requestSent: false,
    hasHead: false,
    responseStarted: false,
  });
}

function judge(error: PhaseError): OriginFailure {
  const failure = classifyConnect(error);
  judged.set(error, failure);
  return failure;
}
