// Whether a request has a body, known from its head alone.

import type { IncomingMessage } from "node:http";

/** By its framing. @see RFC 9112 §6.3 */
export function hasBody(req: IncomingMessage): boolean {
  const length = req.headers["content-length"];
  return req.headers["transfer-encoding"] !== undefined || (length !== undefined && length !== "0");
}
