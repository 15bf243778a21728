// 408: the client did not send its request in time.
// The title is the RFC's. Name and category are ours: none is documented.

import type { CodeFacts } from "../code-facts.ts";

/** Code 408: Request timeout. */
export const code408 = {
  code: 408,
  status: 408,
  title: "Request timeout",
  name: "request_timeout",
  visitor:
    "Your browser or app took too long to send its request. Check your connection, then reload the page.",
  owner:
    "The client began a request and did not finish its head in time. It went to no origin. One such client is a bad connection; many at once may be an attack that holds connections open.",
  whatToDo: "Send the whole head of the request at once, on a new connection.",
  retryable: false,
  retryAfterSeconds: null,
  category: "client",
  ownerActionRequired: false,
  culprit: "client",
  source: {
    title: "RFC 9110, 408 (Request Timeout)",
    reference: "RFC 9110 §15.5.9",
  },
} as const satisfies CodeFacts;
