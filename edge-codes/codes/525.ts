// 525: the TLS handshake with the origin failed.
// The title is Cloudflare's. The name is ours: none is documented.

import type { CodeFacts } from "../code-facts.ts";

/** Code 525: SSL handshake failed. */
export const code525 = {
  code: 525,
  status: 525,
  title: "SSL handshake failed",
  name: "ssl_handshake_failed",
  visitor:
    "A secure connection to this site's server could not be set up. The problem is not on your side, and trying again will hardly help until the site's owner has repaired it.",
  owner:
    "TCP to the origin works, but the TLS handshake on it failed. See whether the port speaks TLS at all, whether a certificate for the name is installed, and whether TLS 1.2 or 1.3 is allowed. The verbose page and the log have the alert or the reason.",
  whatToDo:
    "Do not repeat the request automatically: the outcome depends on the origin's TLS settings, and the site's owner has to change those. The request was not carried out.",
  retryable: false,
  retryAfterSeconds: null,
  category: "ssl",
  ownerActionRequired: true,
  culprit: "origin",
  source: {
    title: "Cloudflare docs, 5xx errors, Error 525",
    reference: "support/troubleshooting/http-status-codes/cloudflare-5xx-errors/error-525",
  },
} as const satisfies CodeFacts;
