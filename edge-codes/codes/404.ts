// 404: the edge was asked for a path of its own that it does not have.
// The title is the RFC's. Name and category are ours: none is documented.

import type { CodeFacts } from "../code-facts.ts";

/** Code 404: Not found. */
export const code404 = {
  code: 404,
  status: 404,
  title: "Not found",
  name: "not_found",
  visitor: "There is nothing at this address. Check it for a spelling mistake.",
  owner:
    "The edge answered by itself that there is nothing at this path. A 404 of the origin's own would have been passed on as it is.",
  whatToDo: "Do not repeat the request: there is nothing at this path. Check the URL.",
  retryable: false,
  retryAfterSeconds: null,
  category: "client",
  ownerActionRequired: false,
  culprit: "client",
  source: {
    title: "RFC 9110, 404 (Not Found)",
    reference: "RFC 9110 §15.5.5",
  },
} as const satisfies CodeFacts;
