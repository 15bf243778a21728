// 1001: no zone of this gateway has the host that the client asked for.
// Title, status and category are Cloudflare's. The name is ours: none is documented.

import type { CodeFacts } from "../code-facts.ts";

/** Code 1001: DNS resolution error. */
export const code1001 = {
  code: 1001,
  status: 409,
  title: "DNS resolution error",
  name: "dns_resolution_error",
  visitor:
    "This address is not set up here. Check it for a spelling mistake. If it is right, the site's owner has to set it up.",
  owner:
    "The request came to this gateway, and no zone has its host. Add the host to the hosts of a zone, or correct the DNS record that leads here.",
  whatToDo:
    "Do not repeat the request as it is. Check the host name in the URL and in the Host field; if both are right, the site's owner has to add the host to the gateway.",
  retryable: false,
  retryAfterSeconds: null,
  category: "dns",
  ownerActionRequired: true,
  culprit: "edge",
  source: {
    title: "Cloudflare docs, 1xxx errors, Error 1001",
    reference: "support/troubleshooting/http-status-codes/cloudflare-1xxx-errors/error-1001",
  },
} as const satisfies CodeFacts;
