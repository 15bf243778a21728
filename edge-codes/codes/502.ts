// 502: the origin failed, and no other code says how.
// Title and name are Cloudflare's.

import type { CodeFacts } from "../code-facts.ts";

/** Code 502: Bad gateway. */
export const code502 = {
  code: 502,
  status: 502,
  title: "Bad gateway",
  name: "origin_bad_gateway",
  visitor:
    "This site's server did not give a usable answer. The problem is not on your side. Please try again in a minute.",
  owner:
    "The gateway could not get a usable response from the origin. The ray ID leads to the log entry with the exact failure: the step that broke (DNS, TCP, TLS or HTTP), its type and its reason.",
  whatToDo:
    "Wait for the time in retry_after, then try again if the request is safe to repeat: the origin may already have carried it out. If the error stays, the site's owner has to repair the origin.",
  retryable: true,
  retryAfterSeconds: 60,
  category: "origin",
  ownerActionRequired: true,
  culprit: "origin",
  source: { title: "RFC 9110, 502 (Bad Gateway)", reference: "RFC 9110 §15.6.3" },
} as const satisfies CodeFacts;
