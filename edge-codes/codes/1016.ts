// 1016: the origin's name did not resolve; in the profile cloudflare-1016.
// Title, status and category are Cloudflare's. The name is ours: none is documented.

import type { CodeFacts } from "../code-facts.ts";

/** Code 1016: Origin DNS error. */
export const code1016 = {
  code: 1016,
  status: 530,
  title: "Origin DNS error",
  name: "origin_dns_error",
  visitor:
    "This site's server cannot be found. The problem is not on your side, and trying again will hardly help until the site's owner has repaired it.",
  owner:
    "The origin's name has no address, or the lookup failed. Check the A, AAAA and CNAME records of the origin, and the resolver that the gateway asks.",
  whatToDo:
    "Do not repeat the request automatically: the site's owner has to correct the origin's DNS records first. The request never reached the origin.",
  retryable: false,
  retryAfterSeconds: null,
  category: "dns",
  ownerActionRequired: true,
  culprit: "origin",
  source: {
    title: "Cloudflare docs, 1xxx errors, Error 1016",
    reference: "support/troubleshooting/http-status-codes/cloudflare-1xxx-errors/error-1016",
  },
} as const satisfies CodeFacts;
