// What must be true of every response, however it was damaged. Each rule that is broken is an error, with the evidence in its words.

import { field, type RawResponse } from "../../test/helpers/raw-client.ts";
import type { Promised } from "./http1-promise.ts";
import { isMarker } from "./plan.ts";
import type { Outcome } from "./siege.ts";

/** The status of an exchange whose client has gone. */
export const clientLeft = 499;

/** Whether the gateway waited until its deadline: a machine that stands still for so long makes that of anything. */
export function isWaitedFor({ line }: Outcome): boolean {
  return line["failure"] === "http_response_timeout" || line["reason"] === "stalled";
}

/** In which words an outcome is counted, and compared: the failure and its reason, if there was one. */
export function verdictOf({ line }: Outcome): string {
  const { failure, reason, originStatus } = line;
  return failure === null
    ? `passed on (${String(originStatus).slice(0, 1)}xx)`
    : [failure, reason].filter(Boolean).join("/");
}

/** It ended, in time, and in a way that a client can tell: whole or cut off. */
export function checkEnding(outcome: Outcome): void {
  const { response, line } = outcome;
  const isCut = line["late"] === true;
  if (response.ending === "hang") throw failed("a client hung", outcome);
  if (response.ending === "garbage" || response.ending === "none")
    throw failed(`a client got no answer (${response.ending})`, outcome);
  if (line["failure"] === "proxy_internal_error")
    throw failed("the gateway blames itself", outcome);
  const isTruncated = response.ending === "truncated" || (isCut && isWholeAnyhow(response));
  if (isCut !== isTruncated)
    throw failed(
      `the log says ${isCut ? "cut off" : "whole"}, the client got ${response.ending}`,
      outcome,
    );
}

/** What is whole with its head cannot be cut off; nor can content, once all that was announced has left, whatever came in place of its end. */
function isWholeAnyhow(response: RawResponse): boolean {
  const { status, body } = response;
  return status === 204 || status === 304 || field(response, "content-length") === `${body.length}`;
}

/** Whoever has sent all and closed is not waited for. */
export function checkNotWaitedFor(outcome: Outcome): void {
  if (isWaitedFor(outcome))
    throw failed("the gateway waited for an origin that had closed", outcome);
}

/** Nothing in it was another request's: each marker in what a client got is its own. */
export function checkMarkers(outcome: Outcome): void {
  const { marker, response } = outcome;
  const known = response.bytes.toString("latin1").match(/mk[0-9a-f]{10}/g) ?? [];
  if (known.some((found) => found !== marker && isMarker(found)))
    throw failed("a response of another request was delivered", outcome);
}

/** What a client took for whole is what the origin's bytes promise, no less and no more; an answer of the edge's own is exempt. */
export function checkContent(outcome: Outcome, promised: Promised | null): void {
  const { response, line } = outcome;
  if (response.ending !== "complete" || line["failure"] !== null) return;
  if (line["status"] === clientLeft) return; // It had all that was announced, and did not wait for the end.
  if (promised === null) throw failed("a broken response was passed on as whole", outcome);
  if (promised.status !== null && response.status !== promised.status)
    throw failed(`the status ${promised.status} became ${response.status}`, outcome);
  if (response.body.toString("latin1") !== promised.content)
    throw failed(
      `${promised.content.length} bytes of content were promised, and ${response.body.length} passed on`,
      outcome,
    );
}

/** The same bytes, cut elsewhere, are the same failure. */
export function checkStable(one: Outcome, other: Outcome, verdict = verdictOf): void {
  const verdicts = [verdict(one), verdict(other)];
  if (verdicts[0] === verdicts[1]) return;
  throw failed(`the same bytes were ${verdicts[0]} and ${verdicts[1]}`, other);
}

function failed(what: string, { response, line }: Outcome): Error {
  const received = JSON.stringify(response.bytes.toString("latin1").slice(0, 300));
  return new Error(`${what}\n  received: ${received}\n  logged: ${JSON.stringify(line)}`);
}
