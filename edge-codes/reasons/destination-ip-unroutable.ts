// The reasons of destination_ip_unroutable: who said that there is no way to the origin.
// Listed in reasons.ts.

import type { ReasonFacts } from "../explanation.ts";

/** Reasons of `destination_ip_unroutable`. */
export const destinationIpUnroutableReasons = {
  host_unreachable: {
    title: "The origin's machine cannot be reached",
    whatHappened:
      "There is a way to the origin's network, but the machine does not answer there: the last hop reported that the host cannot be reached (EHOSTUNREACH).",
    likelyCauses: [
      "The machine is off, or has another address now.",
      "The address is on the local network and nobody answers for it.",
      "A firewall rejects the connection with an ICMP message; some Linux distributions do this by default.",
      "On macOS, the system has not given this program permission to use the local network.",
    ],
    howToCheck: [
      { text: "See whether the machine answers at all.", command: "ping -c 3 {host}" },
      {
        text: "If it should be on the local network, see whether anybody answers for the address. FAILED or INCOMPLETE means no (Linux).",
        command: "ip neigh show {host}",
      },
      {
        text: "On the origin's machine, look for rules with “reject”.",
        command: "sudo nft list ruleset",
      },
    ],
    howToFix: [
      "Start the machine, or correct its address in DNS or in the config.",
      "Open the port in the origin's firewall.",
    ],
  },
  network_unreachable: {
    title: "There is no route to the origin's network",
    whatHappened:
      "No route leads to the origin's address: the gateway's own machine, or a router on the way, reported that the network cannot be reached (ENETUNREACH and the like).",
    likelyCauses: [
      "The address is an IPv6 address, and this machine has no IPv6 connection. With IPv6 switched off, even ::1 is out of reach.",
      "The machine has no default route: it is offline, or the container has no network.",
      "The VPN that leads to this network is not connected.",
      "A router on the way has lost the route.",
    ],
    howToCheck: [
      {
        text: "See which route would be taken; the command fails if there is none (Linux).",
        command: "ip route get {host}",
      },
      {
        text: "See whether there is a default route, for each family.",
        command: "ip route; ip -6 route",
      },
      { text: "See which families the name has.", command: "dig +short {name} A {name} AAAA" },
    ],
    howToFix: [
      "Connect the network or the VPN, or add the missing route.",
      "If there is no IPv6 here, configure the origin's IPv4 address, or remove an AAAA record that is wrong.",
    ],
  },
  not_permitted: {
    title: "The gateway's machine does not allow the connection",
    whatHappened:
      "The operating system on the gateway's side forbade the connection (EACCES or EPERM). No packet left the machine.",
    likelyCauses: [
      "A local firewall or a “prohibit” route covers this address.",
      "A sandbox or security policy restricts the gateway's process: SELinux, AppArmor, a systemd unit's IPAddressDeny, a container policy.",
      "The address is a broadcast address.",
    ],
    howToCheck: [
      {
        text: "See whether a route forbids it: the command then answers “Permission denied” (Linux).",
        command: "ip route get {host}",
      },
      {
        text: "Try from the same machine outside the gateway. If this works, the restriction is on the gateway's process.",
        command: "nc -vz -w 5 {host} {port}",
      },
      {
        text: "Look for refusals by a security policy.",
        command: "sudo dmesg -T | grep -i -E 'denied|avc'",
      },
    ],
    howToFix: [
      "Remove the rule or the route, if it is not meant for this origin.",
      "Allow the gateway's process this address and port in the policy that restricts it.",
      "If the address is wrong, correct it in the config.",
    ],
  },
} as const satisfies Record<string, ReasonFacts>;
