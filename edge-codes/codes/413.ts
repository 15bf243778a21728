// 413: the request's content is larger than the site takes.
// The title is the RFC's. Name and category are ours: none is documented.

import type { CodeFacts } from "../code-facts.ts";

/** Code 413: Content too large. */
export const code413 = {
  code: 413,
  status: 413,
  title: "Content too large",
  name: "content_too_large",
  visitor: "The file that you sent is too large for this site. Send a smaller one.",
  owner:
    "The request's content is larger than limits.bodyBytes of this zone, which stands for the upload limit of the CDN's plan. Uploads that are larger have to be sent in parts, or past the CDN.",
  whatToDo:
    "Do not repeat the request as it is. Send less content, or send it in several requests.",
  retryable: false,
  retryAfterSeconds: null,
  category: "client",
  ownerActionRequired: false,
  culprit: "client",
  source: {
    title: "Cloudflare docs, 4xx errors, Error 413",
    reference: "support/troubleshooting/http-status-codes/4xx-client-error/error-413",
  },
} as const satisfies CodeFacts;
