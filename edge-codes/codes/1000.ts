// 1000: the request would go to an address that it must not go to, or round in a circle.
// The title is Cloudflare's. Name, status and category are ours: none is documented.

import type { CodeFacts } from "../code-facts.ts";

/** Code 1000: DNS points to prohibited IP. */
export const code1000 = {
  code: 1000,
  status: 403,
  title: "DNS points to prohibited IP",
  name: "dns_points_to_prohibited_ip",
  visitor:
    "This site is set up in a way that does not work. The problem is not on your side, and trying again will not help until the site's owner has repaired it.",
  owner:
    "The origin's address is the gateway's own, or one that the gateway does not connect to, or the request has already been through this gateway. Point the zone's origin at the real server.",
  whatToDo:
    "Do not repeat the request: it fails until the site's owner has changed where the site's origin points to.",
  retryable: false,
  retryAfterSeconds: null,
  category: "config",
  ownerActionRequired: true,
  culprit: "edge",
  source: {
    title: "Cloudflare docs, 1xxx errors, Error 1000",
    reference: "support/troubleshooting/http-status-codes/cloudflare-1xxx-errors/error-1000",
  },
} as const satisfies CodeFacts;
