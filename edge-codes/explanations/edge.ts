// Failures of the gateway's own steps, before or apart from any contact with an origin.
// Merged with the other phases in explanations.ts.

import type { Explanation } from "../explanation.ts";

/** Explanations of the failure types of phase `edge`. */
export const edgeExplanations = {
  http_request_error: {
    whatHappened:
      "The client's request breaks a rule of HTTP or a limit of the edge, or is for a page that the edge does not have. The edge refused it by itself; no origin is to blame.",
    likelyCauses: [
      "The request is too large: its URL, its fields or its content.",
      "The client does not write HTTP as it should.",
      "Somebody tries what a gateway lets through.",
    ],
    howToCheck: [
      { text: "Find the ray ID in the gateway's log; the entry names the reason." },
      {
        text: "Send the same request with curl, which writes HTTP correctly.",
        command: "curl -v http://{name}/",
      },
    ],
    howToFix: [
      "Correct the client.",
      "If it is a limit, compare the zone's limits with those of the CDN's plan.",
    ],
  },
  proxy_loop_detected: {
    whatHappened:
      "The request carries a mark that it has already been through this gateway. It would go round in a circle, so the gateway stopped it.",
    likelyCauses: [
      "The origin in the config is the gateway's own address and port.",
      "The origin's name resolves to the gateway, often through the hosts file or a wildcard record.",
      "The origin is itself a proxy, and passes the request on to the gateway's public name.",
    ],
    howToCheck: [
      {
        text: "See where the origin's name leads (Linux). It must not be the address on which the gateway listens.",
        command: "getent ahosts {name}",
      },
      {
        text: "See which process listens on the origin's port. It must not be the gateway.",
        command: "lsof -nP -iTCP:{port} -sTCP:LISTEN",
      },
    ],
    howToFix: [
      "Point the zone's origin at the real server, by another name or port than the gateway's.",
      "If the origin is a proxy, let it pass the request to the application directly.",
    ],
  },
  destination_not_found: {
    whatHappened:
      "No zone of this gateway has the host that the client asked for. There is no origin to send the request to.",
    likelyCauses: [
      "The host is missing from hosts in the config, or is misspelt there.",
      "Only the bare name is listed and the request was for a name below it, such as www. A wildcard (*.example.test) covers names below, not the bare name.",
      "The client used localhost in place of the site's name.",
      "The DNS record of a site that this gateway does not serve points here.",
    ],
    howToCheck: [
      { text: "Compare the host in the request with the hosts of every zone in the config." },
      {
        text: "Ask the gateway with the right Host field (8080 is its default HTTP port).",
        command: "curl -v -H 'Host: {name}' http://127.0.0.1:8080/",
      },
    ],
    howToFix: [
      "Add the host to the hosts of the zone that should serve it.",
      'Use the host "*" in one zone to serve every name that no other zone has.',
    ],
  },
  destination_unavailable: {
    whatHappened:
      "Every origin that this zone could use is out of service. The gateway did not try to reach one for this request.",
    likelyCauses: [
      "The health checks of all origins fail: the servers are down, or the check asks for the wrong path or status.",
      "All origins were taken out on purpose, for example for a deployment.",
      "One shared part broke them all: a database, a network, a certificate.",
    ],
    howToCheck: [
      {
        text: "See what failed before: the counters name the origin, the failure and the reason (8081 is the default admin port).",
        command: "curl -s http://127.0.0.1:8081/metrics | grep edgecase_failures_total",
      },
      {
        text: "Ask an origin directly.",
        command: "curl -v {url}",
      },
    ],
    howToFix: [
      "Repair the failure that put the origins out of service; it is in the log before this one.",
      "If the origins work, correct the health check: its path, its port, the status that it expects.",
      "Bring an origin back if all were taken out on purpose.",
    ],
  },
  connection_limit_reached: {
    whatHappened:
      "The gateway already has as many connections to this origin as it is allowed to have, and none became free. The request was not sent.",
    likelyCauses: [
      "The origin answers slowly, so that requests pile up and hold their connections.",
      "More requests come in than the limit was made for.",
      "Long-lived connections, such as WebSockets or event streams, use the limit up.",
    ],
    howToCheck: [
      {
        text: "See how many connections there are, and in which state (8081 is the default admin port).",
        command: "curl -s http://127.0.0.1:8081/metrics | grep edgecase_origin_connections",
      },
      {
        text: "Time the origin itself.",
        command: "time curl -s -o /dev/null {url}",
      },
    ],
    howToFix: [
      "Make the origin answer faster, or add another origin to the zone.",
      "Raise limits.originConnections, if the origin can bear more, or limits.originQueue, if requests may wait longer for their turn.",
      "Close idle WebSockets and event streams sooner.",
    ],
  },
  proxy_internal_response: {
    whatHappened:
      "The gateway has more to do than it can, or is about to end. It refused the request by itself, whatever its zone; no origin is to blame.",
    likelyCauses: [
      "More requests or connections come in than the gateway was made for.",
      "Origins answer slowly, so that requests pile up in the gateway.",
      "The gateway is being restarted.",
    ],
    howToCheck: [
      { text: "Find the ray ID in the gateway's log; the entry names the reason." },
      {
        text: "See how much is under way (8081 is the default admin port).",
        command:
          "curl -s http://127.0.0.1:8081/metrics | grep -E 'edgecase_(requests_under_way|client_connections|event_loop_lag)'",
      },
    ],
    howToFix: [
      "Wait for the time in Retry-After and try again: nothing was sent to an origin.",
      "If it happens with the load that you have to expect, spread it over more gateways, or raise the limit under overload that the reason names.",
    ],
  },
  proxy_configuration_error: {
    whatHappened:
      "The gateway's configuration does not allow it to serve this request. The origin was not asked.",
    likelyCauses: [
      "Two settings of the zone do not go together.",
      "A file that the zone names, such as a certificate or a key, is missing, unreadable, or not what it should be.",
      "A client certificate and its key do not belong to each other.",
    ],
    howToCheck: [
      {
        text: "Let the gateway check its configuration. It names the file, the line, the rule and the value.",
        command: "edgecase check --config edgecase.yaml",
      },
      { text: "Find the ray ID in the gateway's log; the entry names the setting." },
    ],
    howToFix: [
      "Correct the setting that the log entry names.",
      "Give the gateway's process the right to read the files that the config names.",
    ],
  },
  proxy_internal_error: {
    whatHappened:
      "The gateway met something that it has no name for, or failed itself. This says nothing about the origin.",
    likelyCauses: [
      "A kind of failure that the gateway does not know yet. It does not guess.",
      "A defect in the gateway.",
      "The gateway's machine ran out of something: file descriptors, memory, local ports.",
    ],
    howToCheck: [
      {
        text: "Find the ray ID in the gateway's log; the entry is at level error and holds the whole cause.",
      },
      {
        text: "See how many files and sockets a process may open on the gateway's machine.",
        command: "ulimit -n",
      },
      {
        text: "Ask the origin directly, to see whether it works without the gateway.",
        command: "curl -v {url}",
      },
    ],
    howToFix: [
      "Report the log entry as an issue, with the ray ID: an unknown cause deserves a name.",
      "If the machine ran out of something, raise that limit and restart the gateway.",
    ],
  },
} as const satisfies Record<string, Explanation>;
