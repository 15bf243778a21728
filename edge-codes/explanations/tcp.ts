// Failures of the second step to the origin: a TCP connection to its address.
// Merged with the other phases in explanations.ts.

import type { Explanation } from "../explanation.ts";

/** Explanations of the failure types of phase `tcp`. */
export const tcpExplanations = {
  destination_ip_prohibited: {
    whatHappened:
      "The origin's name led only to addresses that the gateway does not connect to: its own, or one that is nobody's. No packet was sent.",
    likelyCauses: [
      "The address is the gateway's own, so the request would come straight back.",
      "The name resolves to a placeholder instead of a real server: 0.0.0.0 or ::, which DNS blocklists give out.",
      "The name resolves to a broadcast or multicast address, which belongs to no single server.",
    ],
    howToCheck: [
      {
        text: "See which addresses the name has. Is it the gateway itself, or an address that no server can have?",
        command: "dig +short {name} A {name} AAAA",
      },
      {
        text: "See what the hosts file adds on the gateway's machine (Linux).",
        command: "getent ahosts {name}",
      },
    ],
    howToFix: [
      "Point the name at the origin's real address.",
      "If the origin runs on the gateway's own machine, give it another port than the gateway's.",
    ],
  },
  destination_ip_unroutable: {
    whatHappened:
      "The gateway has the origin's address, but the network has no way there. The connection failed before the origin could see it.",
    likelyCauses: [
      "The address is an IPv6 address and the gateway's network has no IPv6.",
      "The machine is switched off, or the address is no longer in use on the local network.",
      "The route, the VPN or the container network that leads there is down.",
      "A firewall rejects the packets and says so, instead of dropping them.",
    ],
    howToCheck: [
      {
        text: "On the gateway's machine (Linux), see which route would be taken. An error here means there is none. On macOS: route -n get.",
        command: "ip route get {host}",
      },
      {
        text: "See how far packets get.",
        command: "traceroute {host}",
      },
      {
        text: "Compare both address families. If IPv4 works and IPv6 does not, only the AAAA record is the problem.",
        command: "curl -4 -sv -o /dev/null {url}; curl -6 -sv -o /dev/null {url}",
      },
    ],
    howToFix: [
      "Correct the A or AAAA record if it holds an old or a wrong address.",
      "Bring the route, the VPN or the container network up again, or attach the gateway to the origin's network.",
      "If the gateway has no IPv6, give the origin an A record, or configure its IPv4 address.",
    ],
  },
  connection_refused: {
    whatHappened:
      "The machine at the origin's address answered at once: nothing accepts connections on this port. The network works. No request was sent.",
    likelyCauses: [
      "The origin's server is not running, has crashed, or is still starting.",
      "It listens on another port than the one in the gateway's config.",
      "It listens on 127.0.0.1 only, and the gateway connects from another machine or container. Inside a container, localhost is the container itself.",
      "It listens on IPv4 only while localhost means ::1 here, or the other way round.",
      "A firewall refuses the connection in the origin's name.",
      "The origin is a Unix socket (unix:/path), and its file does not exist or no process listens on it any more.",
    ],
    howToCheck: [
      {
        text: "On the origin's machine, see whether something listens on the port, and on which address. 127.0.0.1 and ::1 can be reached from that machine alone.",
        command: "lsof -nP -iTCP:{port} -sTCP:LISTEN",
      },
      {
        text: "From the gateway's machine, try the port.",
        command: "nc -vz {host} {port}",
      },
      {
        text: "If the origin is a container, see whether it runs and which ports it publishes.",
        command: "docker ps -a",
      },
    ],
    howToFix: [
      "Start the origin. If it stops again, its own log says why.",
      "Make the port in the config and the port of the server the same. Without a scheme, the port follows from ssl: 80 for plain HTTP, 443 for HTTPS.",
      "Let the server listen on 0.0.0.0 (or ::) if the gateway is not on the same machine.",
      "Write 127.0.0.1 or [::1] in place of localhost, whichever the server listens on.",
      "From a container to a server on the host, use the host's address (host.docker.internal with Docker Desktop).",
    ],
  },
  connection_timeout: {
    whatHappened:
      "The gateway tried to open a TCP connection and heard nothing: no acceptance, no refusal. It gave up when its time limit was over. No request was sent.",
    likelyCauses: [
      "A firewall or a cloud security group drops packets to this port without a word.",
      "The address is wrong, or the machine behind it is off.",
      "The origin is so busy that its queue of new connections is full.",
      "Packets reach the origin, but its answers take a way back that does not lead to the gateway.",
    ],
    howToCheck: [
      {
        text: "From the gateway's machine, try the port. Silence means dropped packets; a quick refusal would be another failure.",
        command: "nc -vz -w 5 {host} {port}",
      },
      {
        text: "On the origin's machine, watch whether the packets arrive. If none do, look at the address and the firewalls on the way.",
        command: "sudo tcpdump -ni any tcp port {port}",
      },
      {
        text: "On the origin's machine (Linux), look at the listening socket. If Recv-Q has reached Send-Q, the queue of new connections is full.",
        command: "ss -ltn 'sport = :{port}'",
      },
    ],
    howToFix: [
      "Allow the gateway's address to this port, in the host's firewall and in the cloud's.",
      "Correct the origin's address in DNS or in the config.",
      "If the queue is full, find out why the server accepts so slowly: give it more workers, or more capacity.",
      "If the network is merely slow, raise timeouts.connectMs.",
    ],
  },
} as const satisfies Record<string, Explanation>;
