// 522: the origin never answered the TCP connection.
// Title and name are Cloudflare's.

import type { CodeFacts } from "../code-facts.ts";

/** Code 522: Connection timed out. */
export const code522 = {
  code: 522,
  status: 522,
  title: "Connection timed out",
  name: "connection_timeout",
  visitor:
    "This site's server cannot be reached: it did not answer in time. The problem is not on your side. Please try again in a few minutes.",
  owner:
    "The gateway tried to connect and heard nothing. Most often a firewall drops its packets, or the address in DNS is wrong; the origin may also be off or overloaded. Check the firewall's rules for the gateway's address first.",
  whatToDo:
    "The request never reached the origin, so it is safe to repeat. Wait for the time in retry_after, then try again. If the error stays, the site's owner has to make the origin reachable.",
  retryable: true,
  retryAfterSeconds: 120,
  category: "origin",
  ownerActionRequired: true,
  culprit: "origin",
  source: {
    title: "Cloudflare docs, 5xx errors, Error 522",
    reference: "support/troubleshooting/http-status-codes/cloudflare-5xx-errors/error-522",
  },
} as const satisfies CodeFacts;
