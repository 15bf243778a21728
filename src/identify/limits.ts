// What a request may be at most, as far as its head tells: the first of its zone's limits that it passes.

import { requestFailure } from "../classify/classify-request.ts";
import type { OriginFailure } from "../classify/origin-failure.ts";
import type { Limits } from "../config/schema.ts";
import type { ExchangeContext } from "../exchange-context.ts";

/** Why a request is too large to go on; null if it is not. Content that does not tell its length is counted as it comes. */
export function overLimit(
  { req, target, fieldBytes }: ExchangeContext,
  { urlBytes, requestHeaderBytes, bodyBytes }: Limits,
): OriginFailure | null {
  if (target.length > urlBytes)
    return requestFailure("uri_too_long", beyond("the request target", target.length, urlBytes));
  if (fieldBytes > requestHeaderBytes) {
    const detail = beyond("the request's header section", fieldBytes, requestHeaderBytes);
    return requestFailure("header_section_too_large", detail);
  }
  const length = req.headers["content-length"];
  if (length === undefined || Number(length) <= bodyBytes) return null;
  const detail = beyond("the request's content", Number(length), bodyBytes);
  return requestFailure("content_too_large", detail);
}

function beyond(what: string, bytes: number, limit: number): string {
  return `${what} has ${bytes} bytes, and the limit is ${limit}`;
}
