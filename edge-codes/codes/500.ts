// 500: the gateway itself failed, or its configuration cannot serve the site.
// The title is Cloudflare's. The name is ours: none is documented. So is the category: Cloudflare names itself there.

import type { CodeFacts } from "../code-facts.ts";

/** Code 500: Internal server error. */
export const code500 = {
  code: 500,
  status: 500,
  title: "Internal server error",
  name: "edge_internal_error",
  visitor:
    "Something went wrong on the way to this site, before your request got there. You did nothing wrong. Please try again in a minute.",
  owner:
    "The gateway failed by itself, or its configuration for this site cannot work. The origin is not the cause. Find the ray ID in the gateway's log; the entry holds the whole cause.",
  whatToDo:
    "Wait for the time in retry_after, then try once more. If the error stays, changing the request will not help: report the ray ID to whoever runs the gateway.",
  retryable: true,
  retryAfterSeconds: 30,
  category: "edge",
  ownerActionRequired: false,
  culprit: "edge",
  source: { title: "RFC 9110, 500 (Internal Server Error)", reference: "RFC 9110 §15.6.1" },
} as const satisfies CodeFacts;
