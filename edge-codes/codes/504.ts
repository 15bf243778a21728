// 504: the origin took too long, in a profile that does not say at which step.
// The title is Cloudflare's. The name is ours: none is documented.

import type { CodeFacts } from "../code-facts.ts";

/** Code 504: Gateway timeout. */
export const code504 = {
  code: 504,
  status: 504,
  title: "Gateway timeout",
  name: "origin_gateway_timeout",
  visitor:
    "This site's server took too long. The problem is not on your side. Please try again in a few minutes.",
  owner:
    "The origin (or the resolver that knows its address) did not do its part in time. The ray ID leads to the log entry that says which step ran out of time: DNS, connecting, or the answer.",
  whatToDo:
    "Wait for the time in retry_after, then try again if the request is safe to repeat: the origin may still be working on it. If the error stays, the site's owner has to find out why the origin is slow.",
  retryable: true,
  retryAfterSeconds: 120,
  category: "origin",
  ownerActionRequired: true,
  culprit: "origin",
  source: { title: "RFC 9110, 504 (Gateway Timeout)", reference: "RFC 9110 §15.6.5" },
} as const satisfies CodeFacts;
