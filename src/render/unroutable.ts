// Requests that are for nobody's origin: without a host nobody knows whom they are for, and `*` is the server itself.

import type { ExchangeContext } from "../exchange-context.ts";
import { refuseRequest } from "./malformed.ts";

/** The target of a request about the server as a whole. @see RFC 9112 §3.2.4 */
const asterisk = "*";

/** Answers a request that no zone can be asked about; false if it is an ordinary one. */
export function answerUnroutable({ req, res, ray, target }: ExchangeContext): boolean {
  if (req.headers.host === undefined && req.httpVersion === "1.1") {
    refuseRequest(400, res, ray); // RFC 9112 §3.2.
    return true;
  }
  if (target !== asterisk) return false;
  if (req.method === "OPTIONS") {
    res.writeHead(204, ["allow", "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS", "cf-ray", ray]);
    res.end();
  } else {
    refuseRequest(400, res, ray);
  }
  return true;
}
