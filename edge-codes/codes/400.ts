// 400: the request breaks a rule of HTTP, so that it cannot be answered safely.
// The title is the RFC's. Name and category are ours: none is documented.

import type { CodeFacts } from "../code-facts.ts";

/** Code 400: Bad request. */
export const code400 = {
  code: 400,
  status: 400,
  title: "Bad request",
  name: "bad_request",
  visitor:
    "Your browser or app sent a request that could not be understood. Reload the page. If that does not help, delete the cookies of this site.",
  owner:
    "The client's request breaks a rule of HTTP, and went to no origin. Nothing at the site is broken. What the rule is stands in the log, under the ray ID.",
  whatToDo:
    "Do not repeat the request as it is. Correct its syntax: the request line, the Host field, and the framing of its content.",
  retryable: false,
  retryAfterSeconds: null,
  category: "client",
  ownerActionRequired: false,
  culprit: "client",
  source: {
    title: "Cloudflare docs, 4xx errors, Error 400",
    reference: "support/troubleshooting/http-status-codes/4xx-client-error/error-400",
  },
} as const satisfies CodeFacts;
