// Who may see detail although the public does not: clients of certain networks, and those who bear the token.

import { createHash, timingSafeEqual } from "node:crypto";

import ipaddr from "ipaddr.js";

import type { ErrorSettings } from "../config/resolve.ts";
import type { ExchangeContext } from "../exchange-context.ts";

/** The request field that bears the token. It is never passed on to an origin. */
export const revealField = "edgecase-reveal";

/** Whether a request comes from an insider. */
export function isInsider({ clientAddress, req }: ExchangeContext, { reveal }: ErrorSettings): boolean {
  if (reveal.token !== null) {
    const shown = req.headers[revealField];
    if (typeof shown === "string" && isEqual(shown, reveal.token)) return true;
  }
  if (reveal.cidrs.length === 0 || !ipaddr.isValid(clientAddress)) return false;
  const client = ipaddr.process(clientAddress);
  return reveal.cidrs.some(([network, bits]) => network.kind() === client.kind() && client.match(network, bits));
}

/** Compares in a time that tells nothing of either text. */
function isEqual(left: string, right: string): boolean {
  const digest = (text: string): Buffer => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(left), digest(right));
}
