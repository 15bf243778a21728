// Whether a request has a body, known from its head alone.

import { type ClientRequest, isHttp2 } from "../listen/client-request.ts";

/** By its framing. @see RFC 9112 §6.3, RFC 9113 §8.1 */
export function hasBody(req: ClientRequest): boolean {
  if (isHttp2(req)) return !req.stream.endAfterHeaders;
  const length = req.headers["content-length"];
  return req.headers["transfer-encoding"] !== undefined || (length !== undefined && length !== "0");
}

/** Whether the client waits for a 100 before it sends the body. @see RFC 9110 §10.1.1: not in HTTP/1.0 */
export function expectsContinue(req: ClientRequest): boolean {
  return (
    req.headers.expect?.toLowerCase() === "100-continue" &&
    req.httpVersion !== "1.0" &&
    hasBody(req)
  );
}
