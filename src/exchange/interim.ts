// Interim responses on their way to the client. @see RFC 9110 §15.2: a proxy forwards those it did not ask for itself.

import type { ExchangeContext } from "../exchange-context.ts";

const earlyHints = 103;

/** Passes 103 Early Hints on. 100 is the edge's own to send, and 102 says nothing a client waits for. */
export function forwardInterim(
  { res }: ExchangeContext,
  status: number,
  rawFields: readonly Buffer[],
): void {
  if (status !== earlyHints) return;
  const links: string[] = [];
  for (let index = 0; index + 1 < rawFields.length; index += 2) {
    if (rawFields[index]?.toString("latin1").toLowerCase() === "link")
      links.push(rawFields[index + 1]?.toString("latin1") ?? "");
  }
  res.sendEarlyHints(links);
}
