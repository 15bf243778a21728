// The answer to `OPTIONS *`, a request about the server itself, which is for nobody's origin. @see RFC 9110 §9.3.7

import { siteMethods } from "../classify/classify-request.ts";
import type { ExchangeContext } from "../exchange-context.ts";

/** Says what the gateway can do for any site. */
export function answerServerOptions({ res, ray }: ExchangeContext): void {
  res.sendHead(204, "No Content", ["allow", siteMethods, "cf-ray", ray]);
  res.end();
}
