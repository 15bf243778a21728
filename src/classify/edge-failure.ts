// Failures before any origin is asked: the gateway itself says why the request goes no further.

import { failureTypes, type FailureType } from "../../edge-codes/index.ts";
import type { OriginFailure } from "./origin-failure.ts";

/** A failure that no origin had a part in. */
export function edgeFailure(type: FailureType, detail: string, cause?: unknown): OriginFailure {
  return {
    type,
    reason: null,
    phase: failureTypes[type].phase,
    detail,
    evidence: {},
    certificate: null,
    requestSent: false,
    responseStarted: false,
    cause,
  };
}
