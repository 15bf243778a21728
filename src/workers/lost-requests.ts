// What becomes of the requests of a worker that has ended without a word: each has its line and is counted, from what its flight
// recorder has written down.

import { edgeFailure } from "../classify/edge-failure.ts";
import type { OriginFailure } from "../classify/origin-failure.ts";
import { ExchangeContext } from "../exchange-context.ts";
import type { ClientRequest } from "../listen/client-request.ts";
import { type ClientResponse, noFields } from "../listen/client-response.ts";
import type { Flight, FlightEnding } from "./flight-slots.ts";

/** What records requests. */
export interface RequestRecord {
  recordFor(context: ExchangeContext, failure: OriginFailure | null): void;
}

/** How a worker has ended. */
export interface WorkerEnd {
  /** Number of the last report that came of it; 0 if none did. */
  readonly lastReport: number;
  /** The signal, or the exit code, in words. */
  readonly how: string;
}

/** Records what the worker has not. Returns how many requests were under way. */
export function recordLost(
  flights: Iterable<Flight>,
  { lastReport, how }: WorkerEnd,
  record: RequestRecord,
): number {
  let lost = 0;
  for (const flight of flights) {
    const { ending, startedAt, status } = flight;
    if (ending === null) {
      lost += 1;
      const failure = {
        ...edgeFailure("proxy_internal_error", `the worker that had the request ended (${how})`),
        reason: "worker_ended",
        requestSent: true, // Nobody knows better.
        responseStarted: status !== 0,
      };
      record.recordFor(contextOf(flight, Date.now() - startedAt), failure);
    } else if (ending.report > lastReport) {
      record.recordFor(contextOf(flight, ending.totalMs), failureOf(ending, how));
    }
  }
  return lost;
}

/** It had ended before its worker did: what is known of it is less than its line would have said. */
function failureOf({ failure, isLate }: FlightEnding, how: string): OriginFailure | null {
  if (failure === null) return null;
  const { type, reason } = failure;
  const detail = `nothing more is known: the worker that had the request ended (${how})`;
  return { ...edgeFailure(type, detail), reason, responseStarted: isLate };
}

function contextOf(flight: Flight, totalMs: number): ExchangeContext {
  const { ray, method, version, client, host, path, isSecure, status } = flight;
  const req = {
    method,
    httpVersion: version,
    httpVersionMajor: version === "2.0" ? 2 : 1,
    headers: {},
  } as ClientRequest;
  const res = { statusCode: status, sentFields: noFields } as ClientResponse;
  const context = new ExchangeContext(req, res, ray, performance.now() - totalMs);
  context.scheme = isSecure ? "https" : "http";
  context.clientAddress = client;
  context.host = host;
  context.target = path;
  return context;
}
