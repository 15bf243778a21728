// 526: the origin's certificate did not pass validation.
// The title is Cloudflare's. The name is ours: none is documented.

import type { CodeFacts } from "../code-facts.ts";

/** Code 526: Invalid SSL certificate. */
export const code526 = {
  code: 526,
  status: 526,
  title: "Invalid SSL certificate",
  name: "invalid_ssl_certificate",
  visitor:
    "This site's server could not prove that it is the right one, so nothing was sent to it. Trying again will hardly help until the site's owner has repaired it.",
  owner:
    "The origin's certificate is not valid for this connection: it may have expired, be self-signed, name another host, or lack its intermediates. The verbose page and the log say which. Install a valid certificate with its full chain, or give the zone the root that it comes from.",
  whatToDo:
    "Do not repeat the request automatically: it fails until the site's owner has replaced the origin's certificate. The request was not carried out.",
  retryable: false,
  retryAfterSeconds: null,
  category: "ssl",
  ownerActionRequired: true,
  culprit: "origin",
  source: {
    title: "Cloudflare docs, 5xx errors, Error 526",
    reference: "support/troubleshooting/http-status-codes/cloudflare-5xx-errors/error-526",
  },
} as const satisfies CodeFacts;
