// fetch never tries again. This does, for requests that may be sent twice.

import { setTimeout } from "node:timers/promises";

import { longestWaitMs, worthAnotherTry } from "./worth-another-try.ts";

/** A GET whose content has arrived whole, or the last answer or error that came of it. */
export async function getWithRetry(url: string, tries = 3, firstWaitMs = 500): Promise<Response> {
  for (let count = 1; ; count += 1) {
    const isLast = count >= tries;
    let waitMs = firstWaitMs * 2 ** (count - 1);
    try {
      const response = await fetch(url);
      const content = await response.arrayBuffer(); // A connection that is cut in the midst of it is an error here.
      if (isLast || !worthAnotherTry.includes(response.status))
        return new Response(content, response);
      waitMs = Math.max(waitMs, Number(response.headers.get("retry-after") ?? 0) * 1_000);
    } catch (error) {
      if (isLast) throw error;
    }
    await setTimeout(Math.min(waitMs, longestWaitMs));
  }
}
