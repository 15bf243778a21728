// Failures of the first step to the origin: its name has to become an address.
// Merged with the other phases in explanations.ts.

import type { Explanation } from "../explanation.ts";

/** Explanations of the failure types of phase `dns`. */
export const dnsExplanations = {
  dns_timeout: {
    whatHappened:
      "The gateway asked a DNS resolver for the origin's address and got no answer in time. No connection to the origin was tried.",
    likelyCauses: [
      "The resolver is down, overloaded, or no longer at the address that the gateway has for it.",
      "A firewall drops DNS packets (port 53, UDP and TCP) between the gateway and the resolver.",
      "The resolver works, but the nameservers of the origin's domain do not answer it.",
      "The gateway's machine changed networks or joined a VPN, and its resolver address is stale.",
    ],
    howToCheck: [
      {
        text: "On the gateway's machine, ask once and wait three seconds. If this times out as well, the resolver or the way to it is broken.",
        command: "dig +tries=1 +time=3 {name}",
      },
      {
        text: "See which resolver the system uses. If dns.servers is set in the gateway's config, those are asked instead.",
        command: "cat /etc/resolv.conf",
      },
      {
        text: "Follow the name down from the root servers. The step that hangs is the nameserver that does not answer.",
        command: "dig +trace {name}",
      },
    ],
    howToFix: [
      "Set dns.servers to a resolver that the gateway can reach.",
      "Let UDP and TCP to port 53 of the resolver through the firewall.",
      "If other names resolve and only this one hangs, repair the nameservers of its domain.",
      "If the lookup is slow but succeeds, raise timeouts.dnsMs.",
    ],
  },
  dns_error: {
    whatHappened:
      "A DNS resolver answered, but its answer holds no address for the origin. No connection to the origin was tried.",
    likelyCauses: [
      "The origin's name is misspelt in the gateway's config.",
      "The record was deleted, was never created, or exists only in a private zone that this resolver cannot see.",
      "The name belongs to a container or a service that is not running, or is on another network.",
      "The nameservers of the domain are broken, so the resolver reports a failure.",
    ],
    howToCheck: [
      {
        text: "Ask for the name and read the status in the header of the answer: NXDOMAIN (no such name), SERVFAIL (the lookup failed), REFUSED, or NOERROR with an empty answer (no address).",
        command: "dig {name}",
      },
      {
        text: "Ask a public resolver. If it knows the name and yours does not, the two see different zones.",
        command: "dig @1.1.1.1 {name}",
      },
      {
        text: "See what the operating system makes of the name, with the hosts file taken into account (Linux).",
        command: "getent ahosts {name}",
      },
    ],
    howToFix: [
      "Correct the origin's name in the config, or create the A or AAAA record.",
      "Set dns.servers to a resolver that knows the name.",
      "If there is no DNS for this origin, configure its IP address. With HTTPS, set sni to the name in its certificate.",
    ],
  },
} as const satisfies Record<string, Explanation>;
