// 503: no origin can take the request now; none was asked.
// The title is Cloudflare's. The name and the time to wait are ours: none is documented.

import type { CodeFacts } from "../code-facts.ts";

/** Code 503: Service temporarily unavailable. */
export const code503 = {
  code: 503,
  status: 503,
  title: "Service temporarily unavailable",
  name: "origin_unavailable",
  visitor: "This site cannot take your request at the moment. Please try again in half a minute.",
  owner:
    "The gateway sent this request to no origin: all of them are out of service, or the limit of connections to them is reached. Look at the failures in the log before this one; they say why.",
  whatToDo:
    "The request was not sent to an origin, so it is safe to repeat. Wait for the time in retry_after, then try again, with growing pauses if the error stays.",
  retryable: true,
  retryAfterSeconds: 30,
  category: "edge",
  ownerActionRequired: true,
  culprit: "edge",
  source: { title: "RFC 9110, 503 (Service Unavailable)", reference: "RFC 9110 §15.6.4" },
} as const satisfies CodeFacts;
