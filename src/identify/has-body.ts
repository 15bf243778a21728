// Whether a request has a body, known from its head alone.

import type { IncomingMessage } from "node:http";

/** By its framing. @see RFC 9112 §6.3 */
export function hasBody(req: IncomingMessage): boolean {
  const length = req.headers["content-length"];
  return req.headers["transfer-encoding"] !== undefined || (length !== undefined && length !== "0");
}

/** Whether the client waits for a 100 before it sends the body. @see RFC 9110 §10.1.1: not in HTTP/1.0 */
export function expectsContinue(req: IncomingMessage): boolean {
  return (
    req.headers.expect?.toLowerCase() === "100-continue" &&
    req.httpVersion === "1.1" &&
    hasBody(req)
  );
}
