// 501: the request is coded in a way that the edge does not know.
// The title is the RFC's. Name and category are ours: none is documented.

import type { CodeFacts } from "../code-facts.ts";

/** Code 501: Not implemented. */
export const code501 = {
  code: 501,
  status: 501,
  title: "Not implemented",
  name: "not_implemented",
  visitor: "Your browser or app sent its request in a form that is not known here.",
  owner:
    "The request has a transfer coding that the edge does not know, so that its content cannot be read. It went to no origin.",
  whatToDo:
    "Do not repeat the request as it is. Send the content with Content-Length, or with the transfer coding chunked alone.",
  retryable: false,
  retryAfterSeconds: null,
  category: "client",
  ownerActionRequired: false,
  culprit: "client",
  source: {
    title: "RFC 9112, Transfer-Encoding",
    reference: "RFC 9112 §6.1",
  },
} as const satisfies CodeFacts;
