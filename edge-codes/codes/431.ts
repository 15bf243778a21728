// 431: the request's header section is larger than the edge takes.
// The title is the RFC's. Name and category are ours: none is documented.

import type { CodeFacts } from "../code-facts.ts";

/** Code 431: Request header fields too large. */
export const code431 = {
  code: 431,
  status: 431,
  title: "Request header fields too large",
  name: "request_header_fields_too_large",
  visitor:
    "Your browser sent more than this site can take, most likely too many cookies. Delete the cookies of this site, then reload the page.",
  owner:
    "The request's fields are larger than limits.requestHeaderBytes together. Cookies that grow with each visit are the usual cause.",
  whatToDo:
    "Do not repeat the request as it is. Send fewer or shorter fields; cookies are the largest as a rule.",
  retryable: false,
  retryAfterSeconds: null,
  category: "client",
  ownerActionRequired: false,
  culprit: "client",
  source: {
    title: "RFC 6585, 431 (Request Header Fields Too Large)",
    reference: "RFC 6585 §5",
  },
} as const satisfies CodeFacts;
