// 1003: the client asked for an address of the edge in place of a site's name.
// The title is Cloudflare's. Name, status and category are ours: none is documented.

import type { CodeFacts } from "../code-facts.ts";

/** Code 1003: Direct IP access not allowed. */
export const code1003 = {
  code: 1003,
  status: 403,
  title: "Direct IP access not allowed",
  name: "direct_ip_access_not_allowed",
  visitor:
    "You asked for a bare IP address, which many sites may share. Use the name of the site in its place.",
  owner:
    "The request names an IP address as its host, and no zone has that address. Use the site's name, or add the address to the hosts of a zone.",
  whatToDo:
    "Do not repeat the request as it is. Ask for the site by its name, in the URL or in the Host field.",
  retryable: false,
  retryAfterSeconds: null,
  category: "client",
  ownerActionRequired: false,
  culprit: "client",
  source: {
    title: "Cloudflare docs, 1xxx errors, Error 1003",
    reference: "support/troubleshooting/http-status-codes/cloudflare-1xxx-errors/error-1003",
  },
} as const satisfies CodeFacts;
