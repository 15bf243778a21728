// The numbers of one zone, as requests end. Every key is from a closed set, so that no client and no origin can make them many.

import { METHODS } from "node:http";

import type { OriginFailure } from "../classify/origin-failure.ts";
import type { ExchangeContext } from "../exchange-context.ts";
import { type Exemplar, Histogram } from "./histogram.ts";
import { statusLabel, statusRange } from "./statuses.ts";

/** Methods that have a label of their own; every other one is `OTHER`. */
export const methods = [
  "GET",
  "HEAD",
  "POST",
  "PUT",
  "PATCH",
  "DELETE",
  "OPTIONS",
  "TRACE",
  "OTHER",
] as const;
const methodIndex = new Map<string, number>(
  METHODS.map((method) => [method, methods.indexOf(method as "GET")]),
);
const otherMethod = methods.indexOf("OTHER");

/** Steps towards the origin that are timed. */
export const phases = ["dns", "tcp", "tls", "response"] as const;

/** What the configuration has a zone count. */
export interface Expected {
  /** Codes that any profile can answer with. */
  readonly codes: readonly number[];
  /** For every status, what it is counted as; see statuses.ts. */
  readonly countedAs: Uint16Array;
}

/** How often an origin has failed one way. */
export interface FailureCount {
  readonly labels: Readonly<Record<string, string>>;
  value: number;
}

/** One zone's numbers. */
export class ZoneCounts {
  /** By method and status in one number; see {@link requestLabels}. */
  readonly requests = new Map<number, number>();
  readonly errors = new Map<number, number>();
  /** The last request that was answered with each code. */
  readonly exemplars = new Map<number, Exemplar>();
  /** Requests that had a fault put in their way, by its name. */
  readonly injected = new Map<string, number>();
  readonly failures = new Map<string, FailureCount>();
  readonly duration = new Histogram();
  readonly phases = phases.map(() => new Histogram());

  #countedAs: Uint16Array = new Uint16Array();

  constructor(expected?: Expected) {
    if (expected !== undefined) this.expect(expected);
  }

  /** Errors start at 0 for every code. */
  expect({ codes, countedAs }: Expected): void {
    this.#countedAs = countedAs;
    for (const code of codes) if (!this.errors.has(code)) this.errors.set(code, 0);
  }

  /** Counts a request that has ended. */
  count(context: ExchangeContext, totalMs: number): void {
    const method = methodIndex.get(context.req.method ?? "") ?? otherMethod;
    const status = this.#countedAs[context.status] ?? 0;
    add(this.requests, (method < 0 ? otherMethod : method) * statusRange + status);
    this.duration.observe(totalMs, context.ray);
    const [dns, tcp, tls, response] = this.phases;
    if (context.dnsMs !== null) dns?.observe(context.dnsMs);
    if (context.tcpMs !== null) tcp?.observe(context.tcpMs);
    if (context.tlsMs !== null) tls?.observe(context.tlsMs);
    if (context.responseMs !== null) response?.observe(context.responseMs);

    const injected = context.injected?.name ?? null;
    if (injected !== null) add(this.injected, injected);
    for (const { origin, failure } of context.recovered)
      this.#countFailure(origin, failure, injected);
    if (context.failure === null) return;
    this.#countFailure(context.origin, context.failure, injected);
    if (context.code === null || context.failure.responseStarted) return;
    add(this.errors, context.code.code);
    this.exemplars.set(context.code.code, { ray: context.ray, value: 1, atMs: Date.now() });
  }

  #countFailure(
    origin: string,
    { type, reason, phase, responseStarted }: OriginFailure,
    injected: string | null,
  ): void {
    const key = `${origin}|${type}|${reason}|${responseStarted}|${injected !== null}`;
    let row = this.failures.get(key);
    if (row === undefined) {
      row = {
        labels: {
          origin,
          phase,
          failure: type,
          reason: reason ?? "",
          late: String(responseStarted),
          // Only where it is true: a label without value is none, and the others stay as they are.
          ...(injected !== null && { injected: "true" }),
        },
        value: 0,
      };
      this.failures.set(key, row);
    }
    row.value += 1;
  }
}

/** The labels for a key of {@link ZoneCounts.requests}. */
export function requestLabels(key: number): { method: string; status: string } {
  return {
    method: methods[Math.floor(key / statusRange)] ?? "OTHER",
    status: statusLabel(key % statusRange),
  };
}

function add<Key>(counts: Map<Key, number>, key: Key): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}
