// Who may see detail although the public does not: clients of certain networks, and those who bear the token.

import type { ErrorSettings } from "../config/gateway-config.ts";
import { isWithin } from "../config/resolve-networks.ts";
import type { ExchangeContext } from "../exchange-context.ts";
import { isSameSecret } from "../same-secret.ts";

/** The request field that bears the token. It is never passed on to an origin. */
export const revealField = "edgecase-reveal";

/** Whether a request comes from an insider. */
export function isInsider(
  { clientAddress, req }: ExchangeContext,
  { reveal }: ErrorSettings,
): boolean {
  if (reveal.token !== null) {
    const shown = req.headers[revealField];
    if (typeof shown === "string" && isSameSecret(shown, reveal.token)) return true;
  }
  return isWithin(clientAddress, reveal.cidrs);
}
