// 521: the origin refused the TCP connection.
// Title and name are Cloudflare's.

import type { CodeFacts } from "../code-facts.ts";

/** Code 521: Web server is down. */
export const code521 = {
  code: 521,
  status: 521,
  title: "Web server is down",
  name: "origin_down",
  visitor:
    "This site's server is not running or does not accept connections. The problem is not on your side. Please try again in a few minutes.",
  owner:
    "The origin's machine refused the connection: nothing listens on that address and port, or a firewall refuses in its name. Start the web server, then check the port and the address on which it listens.",
  whatToDo:
    "The request never reached the origin, so it is safe to repeat. Wait for the time in retry_after, then try again. If the error stays, the site's owner has to start the origin or open its port.",
  retryable: true,
  retryAfterSeconds: 120,
  category: "origin",
  ownerActionRequired: true,
  culprit: "origin",
  source: {
    title: "Cloudflare docs, 5xx errors, Error 521",
    reference: "support/troubleshooting/http-status-codes/cloudflare-5xx-errors/error-521",
  },
} as const satisfies CodeFacts;
