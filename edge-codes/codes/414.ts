// 414: the request target is longer than the edge takes.
// The title is the RFC's. Name and category are ours: none is documented.

import type { CodeFacts } from "../code-facts.ts";

/** Code 414: URI too long. */
export const code414 = {
  code: 414,
  status: 414,
  title: "URI too long",
  name: "uri_too_long",
  visitor: "The address of this page is too long. Go back to the page before, and try another way.",
  owner:
    "The request's path and query are longer than limits.urlBytes. A redirect that adds to the query each time, or a form sent by GET, is the usual cause.",
  whatToDo:
    "Do not repeat the request as it is. Shorten the URL, or send the data as the content of a POST.",
  retryable: false,
  retryAfterSeconds: null,
  category: "client",
  ownerActionRequired: false,
  culprit: "client",
  source: {
    title: "Cloudflare docs, 4xx errors, Error 414",
    reference: "support/troubleshooting/http-status-codes/4xx-client-error/error-414",
  },
} as const satisfies CodeFacts;
