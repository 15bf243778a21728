// The line that a request follows, as a strip of steps with the broken one marked.

import type { Phase } from "../../edge-codes/index.ts";
import type { OriginFailure } from "../classify/origin-failure.ts";
import type { ExchangeContext } from "../exchange-context.ts";

/** How a step went; the edge refuses where nothing is broken but the request. */
export type StepState = "ok" | "broken" | "refused" | "unreached" | "skipped";

/** One step of the strip. */
export interface Step {
  readonly name: string;
  readonly state: StepState;
  /** What to write under it: a duration, or why there is none. */
  readonly note: string;
}

const order: readonly Phase[] = ["edge", "dns", "tcp", "tls", "http"];

/** The strip of a request, or of one that went well: client, edge, then the four steps towards the origin. */
export function stepsOf(
  context: Pick<ExchangeContext, "isReused" | "dnsMs" | "tcpMs" | "tlsMs" | "responseMs">,
  failure: OriginFailure | null,
  isTls: boolean,
): Step[] {
  const isRefused =
    failure?.type === "http_request_error" || failure?.type === "proxy_internal_response";
  const brokenAt = failure === null ? order.length : order.indexOf(failure.phase);
  const stateOf = (phase: Phase): StepState => {
    const at = order.indexOf(phase);
    if (at === brokenAt) return isRefused ? "refused" : "broken";
    return at < brokenAt ? "ok" : "unreached";
  };
  const step = (name: string, phase: Phase, ms: number | null, skipped: string | null): Step => {
    const state = stateOf(phase);
    if (state === "ok" && skipped !== null) return { name, state: "skipped", note: skipped };
    return { name, state, note: ms === null ? noteFor(state) : duration(ms) };
  };
  const reused = context.isReused ? "kept open" : null;
  return [
    { name: "Client", state: "ok", note: "asked" },
    step("Edge", "edge", null, null),
    step("DNS", "dns", context.dnsMs, reused ?? (context.dnsMs === null ? "not needed" : null)),
    step("TCP", "tcp", context.tcpMs, reused),
    step("TLS", "tls", context.tlsMs, isTls ? reused : "plain HTTP"),
    step("HTTP", "http", context.responseMs, null),
  ];
}

function noteFor(state: StepState): string {
  switch (state) {
    case "ok":
      return "passed";
    case "broken":
      return "failed here";
    case "refused":
      return "refused the request";
    case "unreached":
      return "not reached";
    case "skipped":
      return "skipped";
  }
}

/** A duration for people: tenths of a millisecond below ten, seconds above a thousand. */
function duration(ms: number): string {
  if (ms >= 1000) return `${(ms / 1000).toFixed(1)} s`;
  return `${ms < 10 ? ms.toFixed(1) : Math.round(ms)} ms`;
}
