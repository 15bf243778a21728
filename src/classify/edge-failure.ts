// Failures before any origin is asked: the gateway itself says why the request goes no further.

import { isIP } from "node:net";

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

/** No zone has the host. An address in place of a name is a mistake of its own. */
export function unknownHost(host: string): OriginFailure {
  const failure = edgeFailure("destination_not_found", `no zone has "${host}"`);
  return isIP(host.replace(/^\[(.*)\]$/, "$1")) === 0
    ? failure
    : { ...failure, reason: "direct_ip" };
}

/** Whether a request was refused because there was too much to do. */
export function isShed({ type, reason }: Pick<OriginFailure, "type" | "reason">): boolean {
  return type === "proxy_internal_response" && reason !== "shutting_down";
}
