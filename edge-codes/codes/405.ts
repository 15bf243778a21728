// 405: the method is none that may be used here: CONNECT, or a change of one of the edge's own pages.
// The title is the RFC's. Name and category are ours: none is documented.

import type { CodeFacts } from "../code-facts.ts";

/** Code 405: Method not allowed. */
export const code405 = {
  code: 405,
  status: 405,
  title: "Method not allowed",
  name: "method_not_allowed",
  visitor: "Your browser or app asked for something that cannot be done at this address.",
  owner:
    "The client used a method that the edge does not take here: CONNECT, or anything but GET and HEAD below /cdn-cgi/. It went to no origin.",
  whatToDo:
    "Do not repeat the request with this method. The field Allow says which ones there are.",
  retryable: false,
  retryAfterSeconds: null,
  category: "client",
  ownerActionRequired: false,
  culprit: "client",
  source: {
    title: "RFC 9110, 405 (Method Not Allowed)",
    reference: "RFC 9110 §15.5.6",
  },
} as const satisfies CodeFacts;
