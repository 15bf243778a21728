// Requests that are for nobody's origin: those that break HTTP's rules, and those for `*`, which is the server itself.

import type { ExchangeContext } from "../exchange-context.ts";
import { refuseRequest } from "./malformed.ts";

/** The target of a request about the server as a whole. @see RFC 9112 §3.2.4 */
const asterisk = "*";

/** Answers a request that no zone can be asked about; false if it is an ordinary one. */
export function answerUnroutable({ req, res, ray, target, refusal }: ExchangeContext): boolean {
  if (refusal !== 0) {
    refuseRequest(refusal, res, ray);
    return true;
  }
  if (target !== asterisk) return false;
  if (req.method === "OPTIONS") {
    res.sendHead(204, "No Content", [
      "allow", "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS",
      "cf-ray", ray,
    ]); // prettier-ignore
    res.end();
  } else {
    refuseRequest(400, res, ray);
  }
  return true;
}
