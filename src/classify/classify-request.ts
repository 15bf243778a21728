// Judges a request that goes no further because of itself: too large, or no proper HTTP. No origin has a part in it.

import type { Reason } from "../../edge-codes/index.ts";
import type { Evidence } from "../connect/phase-error.ts";
import { edgeFailure } from "./edge-failure.ts";
import type { OriginFailure } from "./origin-failure.ts";
import { parserFaults } from "./parser-faults.ts";

/** What may be wrong with a request. */
export type RequestFault = Reason<"http_request_error">;

/** Methods that may be used for a site; CONNECT may not. */
export const siteMethods = "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS";

/** A failure that the client alone brought about. `detail` is a sentence for the log and the verbose page. */
export function requestFailure(
  reason: RequestFault,
  detail: string,
  evidence: Evidence = {},
): OriginFailure {
  return { ...edgeFailure("http_request_error", detail), reason, evidence };
}

/** A method that is not allowed; `allow` lists those that are. @see RFC 9110 §15.5.6 */
export function methodFailure(detail: string, allow: string = siteMethods): OriginFailure {
  return requestFailure("method_not_allowed", detail, { allow });
}

/** From a code of Node's parser, or of its server, to a failure. */
export function classifyMalformed(code = "none"): OriginFailure {
  if (code === "CONNECT")
    return methodFailure("CONNECT asks for a tunnel, and this is no proxy for clients");
  const { reason, detail } = parserFaults[code] ?? {
    reason: "malformed",
    detail: "the request is not valid HTTP/1.1",
  };
  return requestFailure(reason, detail, { code });
}
