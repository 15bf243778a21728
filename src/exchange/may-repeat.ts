// Whether a request that failed may be sent once more: to the same origin, or to another. The rules, and why they are so, stand in
// docs/decisions/0015-which-failures-try-another-origin.md.

import { Http2Error } from "../classify/http2-error.ts";
import type { OriginFailure } from "../classify/origin-failure.ts";
import type { ExchangeContext } from "../exchange-context.ts";
import { hasBody } from "../identify/has-body.ts";
import { isIdempotent } from "../identify/is-idempotent.ts";
import type { Zone } from "../zone.ts";
import type { Attempt } from "./attempt.ts";
import type { OriginLane } from "./origin-lane.ts";

/**
 * To the same origin, on a fresh connection: if a kept one died before any byte of the response, or if the origin has promised
 * that it did nothing.
 */
export function mayRepeat(
  context: ExchangeContext,
  { hasHead, isReused }: Attempt,
  failure: OriginFailure,
): boolean {
  if (hasHead || !isReplayable(context)) return false;
  if (isPromised(failure)) return true;
  return isReused && failure.reason === "closed_on_reuse" && isHarmless(context, failure);
}

/** To another origin, as far as the request is concerned. */
export function mayGoElsewhere(context: ExchangeContext, failure: OriginFailure): boolean {
  return isReplayable(context) && isHarmless(context, failure);
}

/**
 * Whether to copy the request's content while this connection takes it: only where the copy could be of use. In HTTP/2 that is
 * always, since the origin may promise that it did nothing, whatever the method.
 */
export function needsCopy(
  { req, requestBytes }: ExchangeContext,
  { pools, config }: Zone,
  { wire, requests }: OriginLane,
): boolean {
  if (!hasBody(req) || requestBytes > 0 || config.limits.replayBytes === 0) return false;
  if (wire.isHttp2) return true;
  if (!isIdempotent(req.method)) return false;
  const hasOthers = pools.length > 1 || (pools[0]?.origins.length ?? 0) > 1;
  return requests > 0 || (hasOthers && config.failover.retries > 0);
}

/** Nothing was read of the request's content, or all of that is still at hand. */
function isReplayable({ requestBytes, copy }: ExchangeContext): boolean {
  return requestBytes === 0 || copy?.isWhole === true;
}

/** The origin cannot have acted on the request, has promised that it did not, or may act twice. */
function isHarmless({ req }: ExchangeContext, failure: OriginFailure): boolean {
  return !failure.requestSent || isPromised(failure) || isIdempotent(req.method);
}

/** @see RFC 9113 §8.7 */
function isPromised({ cause }: OriginFailure): boolean {
  return cause instanceof Http2Error && cause.isUnprocessed;
}
