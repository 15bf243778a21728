// 520: the connection stood, and the origin's answer was empty, broken or not HTTP.
// The title is Cloudflare's. The name is ours: none is documented.

import type { CodeFacts } from "../code-facts.ts";

/** Code 520: Web server is returning an unknown error. */
export const code520 = {
  code: 520,
  status: 520,
  title: "Web server is returning an unknown error",
  name: "origin_unknown_error",
  visitor:
    "This site's server sent an answer that cannot be understood. The problem is not on your side. Please try again in a minute.",
  owner:
    "The origin accepted the connection, and then closed it without an answer or sent something that is not valid HTTP. Look in the origin's own log for a crash or restart at this time, then at the header section of its response: its size and its syntax.",
  whatToDo:
    "Wait for the time in retry_after, then try again if the request is safe to repeat: the origin may already have carried it out. If the error stays, the site's owner has to repair the origin's response.",
  retryable: true,
  retryAfterSeconds: 60,
  category: "origin",
  ownerActionRequired: true,
  culprit: "origin",
  source: {
    title: "Cloudflare docs, 5xx errors, Error 520",
    reference: "support/troubleshooting/http-status-codes/cloudflare-5xx-errors/error-520",
  },
} as const satisfies CodeFacts;
