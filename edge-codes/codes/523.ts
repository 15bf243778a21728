// 523: there is no way to the origin; in the default profile, also no address for it.
// The title is Cloudflare's. The name is ours: none is documented.

import type { CodeFacts } from "../code-facts.ts";

/** Code 523: Origin is unreachable. */
export const code523 = {
  code: 523,
  status: 523,
  title: "Origin is unreachable",
  name: "origin_unreachable",
  visitor:
    "This site's server cannot be found on the network. The problem is not on your side. Please try again in a few minutes.",
  owner:
    "The gateway found no way to the origin: its name did not resolve, or no route leads to its address. Check the A and AAAA records first, then the route from the gateway's machine.",
  whatToDo:
    "The request never reached the origin, so it is safe to repeat. Wait for the time in retry_after, then try again. If the error stays, the site's owner has to correct the origin's DNS records or its network.",
  retryable: true,
  retryAfterSeconds: 120,
  category: "origin",
  ownerActionRequired: true,
  culprit: "origin",
  source: {
    title: "Cloudflare docs, 5xx errors, Error 523",
    reference: "support/troubleshooting/http-status-codes/cloudflare-5xx-errors/error-523",
  },
} as const satisfies CodeFacts;
