// Interim responses on their way to the client. @see RFC 9110 §15.2: a proxy forwards those it did not ask for itself.

import type { ExchangeContext } from "../exchange-context.ts";
import type { RawHead } from "./read-head.ts";

const earlyHints = 103;

/** Passes 103 Early Hints on. 100 is the edge's own to send, and 102 says nothing a client waits for. */
export function forwardInterim({ res }: ExchangeContext, { status, fields }: RawHead): void {
  if (status !== earlyHints) return;
  const links: string[] = [];
  for (let index = 0; index + 1 < fields.length; index += 2) {
    if (fields[index]?.toLowerCase() === "link") links.push(fields[index + 1] ?? "");
  }
  res.sendEarlyHints(links);
}
