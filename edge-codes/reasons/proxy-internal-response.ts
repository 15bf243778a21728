// The reasons of proxy_internal_response: why the gateway has the request go no further, whatever the origin is like.
// Listed in reasons.ts.

import type { ReasonFacts } from "../explanation.ts";

/** Reasons of `proxy_internal_response`. */
export const proxyInternalResponseReasons = {
  requests_at_limit: {
    title: "The gateway has as many requests under way as it may",
    whatHappened:
      "As many requests and tunnels were under way as overload.requests allows, so this one was refused at once. It went to no origin.",
    likelyCauses: [
      "An origin answers slowly, so that requests pile up.",
      "More requests come in than the gateway can pass on: a campaign, a crawler, a load test, an attack.",
      "Long-lived requests, such as WebSockets or event streams, use the limit up.",
    ],
    howToCheck: [
      {
        text: "See how many requests are under way (8081 is the default admin port).",
        command: "curl -s http://127.0.0.1:8081/metrics | grep edgecase_requests_under_way",
      },
      {
        text: "See which zone's origins are slow: the sum divided by the count is the average.",
        command:
          "curl -s http://127.0.0.1:8081/metrics | grep -E 'edgecase_request_duration_seconds_(sum|count)'",
      },
    ],
    howToFix: [
      "Make the slow origin faster, or shorten timeouts.responseMs of its zone, so that its requests end sooner.",
      "Bound the zone that takes everything: limits.originConnections and limits.originQueue refuse its requests before they fill the gateway.",
      "Raise overload.requests, if the machine has the memory for more.",
    ],
  },
  connections_at_limit: {
    title: "The gateway has as many client connections as it may",
    whatHappened:
      "More clients are connected than overload.connections allows, or than the system's limit of open files leaves room for. The connection was told so, and is closed.",
    likelyCauses: [
      "Clients open a connection for each request, or keep many that idle.",
      "More clients come than usual: a campaign, a crawler, a load test, an attack.",
      "The process may open few files: the gateway takes half of what the system allows for clients, and leaves the rest to origins and itself.",
    ],
    howToCheck: [
      {
        text: "See how many connections there are (8081 is the default admin port).",
        command: "curl -s http://127.0.0.1:8081/metrics | grep edgecase_client_connections",
      },
      {
        text: "See how many files a process may open, where the gateway is started.",
        command: "ulimit -n",
      },
    ],
    howToFix: [
      "Let clients keep and share connections; over HTTP/2 one is enough for many requests.",
      "Shorten timeouts.clientIdleMs, so that connections that idle are closed sooner.",
      "Raise overload.connections, and the limit of open files with it: LimitNOFILE of systemd, ulimits of Docker.",
    ],
  },
  falling_behind: {
    title: "The gateway is behind with its work",
    whatHappened:
      "For several seconds the gateway has come to its work later than overload.lagMs allows. It refuses a part of all requests, without a look at whose they are, until it is in time again.",
    likelyCauses: [
      "More requests come in than one processor can pass on: a campaign, a crawler, a load test, an attack.",
      "Other programs take the processor, or the container may use only a part of one.",
      "The machine is out of memory and swaps.",
    ],
    howToCheck: [
      {
        text: "See how far it is behind (8081 is the default admin port).",
        command: "curl -s http://127.0.0.1:8081/metrics | grep edgecase_event_loop_lag_seconds",
      },
      { text: "See what else runs on the machine.", command: "top -b -n 1 | head -20" },
    ],
    howToFix: [
      "Spread the load over more gateways.",
      "Give the gateway a processor of its own, or a larger share of one.",
      "Raise overload.lagMs if answers that come late are better than none; 0 refuses nothing for this reason.",
    ],
  },
  shutting_down: {
    title: "The gateway is shutting down",
    whatHappened:
      "The gateway was told to end, and shutdown.graceMs were over before the request was. If the origin had not begun to answer, the client got this; else the response broke off.",
    likelyCauses: [
      "A deployment or a restart ended the gateway while the origin took its time.",
      "A long-lived response, such as an event stream or a large download, was under way.",
    ],
    howToCheck: [
      { text: "Read the gateway's messages before this line: they say that it was told to end." },
      { text: "Compare totalMs of the line with shutdown.graceMs." },
    ],
    howToFix: [
      "Try again: another gateway, or this one once it has been started again, answers.",
      "Raise shutdown.graceMs, and the time that the supervisor waits before it kills: TimeoutStopSec of systemd, stop_grace_period of Docker, terminationGracePeriodSeconds of Kubernetes.",
      "Let clients of event streams connect again by themselves.",
    ],
  },
} as const satisfies Record<string, ReasonFacts>;
