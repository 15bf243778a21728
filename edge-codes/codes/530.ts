// 530: the status under which codes of the 1000s about an origin are sent.
// No profile here uses it by itself. Title and name are ours: the documented page has none of its own.

import type { CodeFacts } from "../code-facts.ts";

/** Code 530: Origin could not be resolved. */
export const code530 = {
  code: 530,
  status: 530,
  title: "Origin could not be resolved",
  name: "origin_unresolved",
  visitor:
    "This site's server cannot be found. The problem is not on your side, and trying again will hardly help until the site's owner has repaired it.",
  owner:
    "The gateway could not find the origin. If a number of the 1000s comes with this status, that number is the cause; otherwise look at the origin's name in the configuration and in DNS.",
  whatToDo:
    "Do not repeat the request automatically: the site's owner has to correct the origin's name first. The request never reached the origin.",
  retryable: false,
  retryAfterSeconds: null,
  category: "dns",
  ownerActionRequired: true,
  culprit: "origin",
  source: {
    title: "Cloudflare docs, 5xx errors, Error 530",
    reference: "support/troubleshooting/http-status-codes/cloudflare-5xx-errors/error-530",
  },
} as const satisfies CodeFacts;
