// The way of a request as steps and as time, from what its line in the log says.

import type { Summary } from "./api/types.ts";

/** How a step went, in the words of the error page. */
export type StepState = "ok" | "broken" | "refused" | "unreached" | "skipped";

/** One step towards the origin. */
export interface Step {
  readonly name: "dns" | "tcp" | "tls" | "http";
  readonly state: StepState;
  /** How long it took; null where that is not known, or it was not taken. */
  readonly ms: number | null;
}

const order: readonly string[] = ["edge", "dns", "tcp", "tls", "http"];

/** The request never left for an origin: the edge answered or refused it. */
export function endedAtEdge({ phase, origin, originStatus }: Summary): boolean {
  return phase === "edge" || (phase === null && origin === "" && originStatus === 0);
}

/** The four steps towards the origin. */
export function stepsOf(one: Summary): readonly Step[] {
  const { phase, originStatus, dnsMs, tcpMs, tlsMs, responseMs } = one;
  const brokenAt = phase === null ? order.length : order.indexOf(phase);
  const step = (name: Step["name"], ms: number | null): Step => {
    const at = order.indexOf(name);
    if (endedAtEdge(one) || at > brokenAt) return { name, state: "unreached", ms: null };
    if (at === brokenAt) return { name, state: "broken", ms };
    if (name === "http") return { name, state: originStatus > 0 ? "ok" : "unreached", ms };
    return { name, state: ms === null ? "skipped" : "ok", ms };
  };
  return [step("dns", dnsMs), step("tcp", tcpMs), step("tls", tlsMs), step("http", responseMs)];
}

/** A stretch of time of an exchange. */
export interface Stretch {
  readonly name: string;
  readonly state: StepState;
  readonly fromMs: number;
  readonly ms: number;
}

/** Less than this is not worth a bar of its own, in milliseconds. */
const leastRestMs = 0.05;

/** Where the time went: one stretch after another. What no step accounts for belongs to the broken one, or to the content. */
export function stretchesOf(one: Summary): readonly Stretch[] {
  const steps = stepsOf(one);
  const known = steps.reduce((sum, { ms }) => sum + (ms ?? 0), 0);
  const restMs = Math.max(0, one.totalMs - known);
  const broken = steps.find(({ state }) => state === "broken");
  const stretches: Stretch[] = [];
  let fromMs = 0;
  const put = (name: string, state: StepState, ms: number): void => {
    stretches.push({ name, state, fromMs, ms });
    fromMs += ms;
  };
  for (const { name, state, ms } of steps) {
    const isOpen = state === "broken" && !one.late && ms === null;
    if (isOpen) put(name, state, restMs);
    else if (ms !== null) put(name, one.late ? "ok" : state, ms);
  }
  const isTaken = broken !== undefined && broken.ms === null && !one.late;
  if (!isTaken && restMs >= leastRestMs)
    put(restName(one), one.late ? "broken" : "skipped", restMs);
  return stretches;
}

function restName(one: Summary): string {
  if (endedAtEdge(one)) return "edge";
  return one.originStatus > 0 ? "content" : "rest";
}

/** A duration for people: tenths of a millisecond below ten, seconds above a thousand. */
export function duration(ms: number): string {
  if (ms >= 1_000) return `${(ms / 1_000).toFixed(1)} s`;
  return `${ms < 10 ? ms.toFixed(1) : Math.round(ms)} ms`;
}

/** Time of day, to the second. */
export function timeOfDay(time: number): string {
  const date = new Date(time);
  return [date.getHours(), date.getMinutes(), date.getSeconds()]
    .map((part) => String(part).padStart(2, "0"))
    .join(":");
}
