// `OPTIONS *` asks about the server as a whole, and to the client that is this gateway. @see RFC 9110 §9.3.7

import type { ExchangeContext } from "../exchange-context.ts";
import { refuseRequest } from "./malformed.ts";

/** The target of a request that is for no resource. */
export const asterisk = "*";

/** Answers a request for `*`; only OPTIONS may make one (RFC 9112 §3.2.4). */
export function answerAsterisk({ req, res, ray }: ExchangeContext): void {
  if (req.method === "OPTIONS") {
    res
      .writeHead(204, ["allow", "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS", "cf-ray", ray])
      .end();
  } else {
    refuseRequest(400, res, ray);
  }
}
