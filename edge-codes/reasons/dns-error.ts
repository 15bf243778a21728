// The reasons of dns_error: what the resolver's answer said, or that there was nobody to ask.
// Listed in reasons.ts.

import type { ReasonFacts } from "../explanation.ts";

/** Reasons of `dns_error`. The response codes are those of RFC 1035 §4.1.1. */
export const dnsErrorReasons = {
  nxdomain: {
    title: "The origin's name does not exist",
    whatHappened:
      "The resolver answered NXDOMAIN: there is no such name, and no record of any kind for it.",
    likelyCauses: [
      "The name is misspelt in the config, or has a part too many or too few.",
      "The record was deleted, or never created, or the domain has expired.",
      "The name exists only in a private zone (a VPN, a company network, a cluster), and this resolver does not see it.",
      "It is the name of a container, and the container is not running or is on another Docker network.",
      "The name was created a moment ago, and the resolver still remembers that it did not exist.",
    ],
    howToCheck: [
      {
        text: "Ask for the name. The header of the answer says status: NXDOMAIN.",
        command: "dig {name}",
      },
      {
        text: "Find the nameserver that says so, from the root servers down.",
        command: "dig +trace {name}",
      },
      {
        text: "See whether the hosts file or another source on this machine knows the name (Linux).",
        command: "getent ahosts {name}",
      },
    ],
    howToFix: [
      "Correct the name in the config.",
      "Create the A or AAAA record with the DNS provider of the domain.",
      "For a private name, set dns.servers to the resolver of that network.",
      "For a container, start it and put gateway and container on the same network.",
    ],
  },
  no_address: {
    title: "The origin's name has no address",
    whatHappened:
      "The name exists, but it has neither an A record (IPv4) nor an AAAA record (IPv6). There is no address to connect to.",
    likelyCauses: [
      "The name has other records only, such as MX or TXT, because the website's record was forgotten.",
      "Only names below it have addresses: www has one, the bare name has none.",
      "It is an alias (CNAME) for a name that has no address itself.",
    ],
    howToCheck: [
      {
        text: "Ask for both kinds of address. Empty output means none; a name in the output is an alias that was followed.",
        command: "dig +short {name} A {name} AAAA",
      },
      { text: "See whether it is an alias.", command: "dig +short {name} CNAME" },
    ],
    howToFix: [
      "Create an A or AAAA record for the name.",
      "If it is an alias, correct what it points to.",
      "Or configure a name that has an address.",
    ],
  },
  servfail: {
    title: "The resolver could not complete the lookup",
    whatHappened:
      "The resolver answered SERVFAIL: it tried to find the name and failed on the way. Whether the name exists is not known.",
    likelyCauses: [
      "The domain's DNSSEC signatures are wrong or expired, so a validating resolver refuses the answer.",
      "The domain's nameservers are down, or do not serve this domain although the registry says so.",
      "The resolver itself cannot reach the rest of the DNS.",
    ],
    howToCheck: [
      {
        text: "Ask once with DNSSEC validation and once without. If only the second has an answer, the signatures are the problem.",
        command: "dig {name}; dig +cd {name}",
      },
      {
        text: "Ask from the root servers down. An error at the last step points at the domain's own nameservers.",
        command: "dig +trace {name}",
      },
      {
        text: "Ask another resolver. If it has an answer, your resolver is at fault.",
        command: "dig @1.1.1.1 {name}",
      },
    ],
    howToFix: [
      "Sign the zone anew, or correct or remove the DS record at the registrar.",
      "Repair the nameservers of the domain, or correct the list of them at the registrar.",
      "If the resolver is at fault, set dns.servers to another one.",
    ],
  },
  refused: {
    title: "The resolver refused the question",
    whatHappened:
      "The resolver answered REFUSED: it works, but its rules do not let it answer this question for this gateway.",
    likelyCauses: [
      "The server is a nameserver for its own zones and does not look up other names.",
      "The resolver serves only certain networks, and the gateway's address is not in one of them.",
      "A filter or a rate limit on the resolver blocks the name or the gateway.",
    ],
    howToCheck: [
      {
        text: "Ask for any well-known name. If that is refused too, the resolver does not serve this machine at all.",
        command: "dig example.com",
      },
      { text: "See which resolver the system uses.", command: "cat /etc/resolv.conf" },
    ],
    howToFix: [
      "Set dns.servers to a recursive resolver that serves the gateway's network.",
      "Allow the gateway's address in the resolver's access list.",
    ],
  },
  malformed: {
    title: "The resolver's answer makes no sense",
    whatHappened:
      "Something came back from the resolver's address, and it is not a DNS answer that can be used: broken, cut short, or an error about the format of the question.",
    likelyCauses: [
      "Another service listens at the resolver's address and port.",
      "A firewall, a captive portal or a home router alters DNS packets.",
      "The resolver has a defect, or is very old and stumbles over EDNS options.",
    ],
    howToCheck: [
      {
        text: "Ask and read dig's warnings: it complains about malformed answers and reports FORMERR as the status.",
        command: "dig {name}",
      },
      {
        text: "Ask without EDNS, and over TCP. If one of these works, something on the way spoils the larger packets.",
        command: "dig +noedns {name}; dig +tcp {name}",
      },
    ],
    howToFix: [
      "Set dns.servers to another resolver.",
      "Let DNS packets through the firewall unaltered, over UDP and TCP.",
    ],
  },
  resolver_unreachable: {
    title: "There is no resolver at the address given",
    whatHappened:
      "The gateway sent its question to the resolver's address, and the machine there, or the network, answered that nothing takes it. The origin's name was never looked up.",
    likelyCauses: [
      "The local resolver (systemd-resolved, dnsmasq, a container's DNS) is not running.",
      "dns.servers holds a wrong address or a wrong port.",
      "The network or the VPN on which the resolver lives is not connected.",
    ],
    howToCheck: [
      {
        text: "Ask. “Connection refused” means that nothing listens there; “network unreachable” that there is no way to it.",
        command: "dig +tries=1 {name}",
      },
      {
        text: "See which resolver the system uses, and compare with dns.servers in the config.",
        command: "cat /etc/resolv.conf",
      },
      {
        text: "On the resolver's machine, see whether something listens on port 53.",
        command: "sudo ss -lunp 'sport = :53'",
      },
    ],
    howToFix: [
      "Start the resolver.",
      "Correct dns.servers, or leave it empty to use the system's resolvers.",
      "Connect the network or VPN on which the resolver lives.",
    ],
  },
} as const satisfies Record<string, ReasonFacts>;
