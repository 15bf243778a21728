// 524: the origin took the connection and did not answer in time.
// Title and name are Cloudflare's.

import type { CodeFacts } from "../code-facts.ts";

/** Code 524: A timeout occurred. */
export const code524 = {
  code: 524,
  status: 524,
  title: "A timeout occurred",
  name: "origin_response_timeout",
  visitor:
    "This site's server accepted your request but did not answer in time. The problem is not on your side. Please try again in a few minutes. If you were buying or sending something, first see whether it went through.",
  owner:
    "The connection to the origin works, but the response did not come in time, or the request's content was not taken in. Look for slow queries and busy workers at the origin. Work that takes minutes belongs in the background, with a request that asks for the result.",
  whatToDo:
    "The origin may still be working on the request, so repeat it only if that is safe. Wait for the time in retry_after first. If the error stays, ask for less at once, or let the site's owner find out why the origin is slow.",
  retryable: true,
  retryAfterSeconds: 120,
  category: "origin",
  ownerActionRequired: true,
  culprit: "origin",
  source: {
    title: "Cloudflare docs, 5xx errors, Error 524",
    reference: "support/troubleshooting/http-status-codes/cloudflare-5xx-errors/error-524",
  },
} as const satisfies CodeFacts;
