// 503: no origin can take the request now, or the gateway cannot; none was asked.
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
    "The gateway sent this request to no origin: all of them are out of service, the limit of connections to them is reached, or the gateway itself has more to do than it can. The ray ID leads to the log entry that says which; if it is the origins, the failures before it say why.",
  whatToDo:
    "Wait for the time in retry_after, then try again, with growing pauses if the error stays. The request was sent to no origin, so it is safe to repeat, unless the gateway ended while the origin worked on it.",
  retryable: true,
  retryAfterSeconds: 30,
  category: "edge",
  ownerActionRequired: true,
  culprit: "edge",
  source: { title: "RFC 9110, 503 (Service Unavailable)", reference: "RFC 9110 §15.6.4" },
} as const satisfies CodeFacts;
