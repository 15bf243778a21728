// The reasons of destination_not_found: what kind of host it is that no zone has.
// Listed in reasons.ts.

import type { ReasonFacts } from "../explanation.ts";

/** Reasons of `destination_not_found`. */
export const destinationNotFoundReasons = {
  direct_ip: {
    title: "The client asked for an IP address",
    whatHappened:
      "The host in the request is an IP address, and no zone has it. An edge serves many sites at one address and tells them apart by name, so a bare address is no site.",
    likelyCauses: [
      "The gateway's address was typed into a browser or a script in place of the site's name.",
      "A health check or a scanner asks for the address.",
      "A program resolved the name by itself, and put the address into the URL.",
    ],
    howToCheck: [
      {
        text: "Ask the gateway with the site's name (8080 is its default HTTP port).",
        command: "curl -v -H 'Host: shop.localhost' http://127.0.0.1:8080/",
      },
    ],
    howToFix: [
      "Use the site's name in the URL, or set the Host field to it.",
      "Add the address to the hosts of the zone that should serve it, if it really is to be a site.",
    ],
  },
} as const satisfies Record<string, ReasonFacts>;
