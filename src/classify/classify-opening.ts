// Judges why a request has no connection to go out on: a step of `connect` failed, or something before any of them.

import { PhaseError } from "../connect/phase-error.ts";
import { classifyConnect } from "./classify-connect.ts";
import { classifyExchange } from "./classify-exchange.ts";
import type { OriginFailure } from "./origin-failure.ts";

/** From what opening a connection rejected with to a failure: of requests, checks and diagnoses alike. */
export function classifyOpening(error: unknown): OriginFailure {
  if (error instanceof PhaseError) return classifyConnect(error);
  return classifyExchange({
    error,
    wire: null,
    isReused: false,
    requestSent: false,
    hasHead: false,
    responseStarted: false,
  });
}
