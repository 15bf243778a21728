// The reasons of connection_terminated: how an origin left without answering.
// Listed in reasons.ts.

import type { ReasonFacts } from "../explanation.ts";

/** Reasons of `connection_terminated`. */
export const connectionTerminatedReasons = {
  closed_before_response: {
    title: "The origin closed the connection without answering",
    whatHappened:
      "The origin took the connection, then closed it in the regular way (FIN) before it had sent one byte of response. curl calls this “Empty reply from server”.",
    likelyCauses: [
      "The process died or was restarted while it worked on this request.",
      "A server or plugin at the origin drops the request on purpose; nginx does so with return 444.",
      "The port expects TLS, or a PROXY protocol header, and closes when it sees plain HTTP.",
      "A supervisor killed the worker because the request took too long, or used too much memory.",
    ],
    howToCheck: [
      { text: "Send the request straight to the origin.", command: "curl -v {url}" },
      {
        text: "See whether the port speaks TLS. If this shows a certificate, it does.",
        command: "openssl s_client -connect {host}:{port} -servername {name} </dev/null",
      },
      {
        text: "Read the origin's own log: a crash, a restart, “worker exited”, “killed”.",
      },
    ],
    howToFix: [
      "Repair the crash. Repeat the request while you watch the log; the same request usually crashes it again.",
      "If the port speaks TLS, give the origin as https:// in the config.",
      "Allow the gateway's address, and the path, where the origin drops requests.",
      "Raise the worker's time or memory limit if the work is legitimate.",
    ],
  },
  reset_before_response: {
    title: "The origin reset the connection without answering",
    whatHappened:
      "The origin's side broke the connection off (RST) before it had sent one byte of response. curl calls this “Connection reset by peer”.",
    likelyCauses: [
      "Docker or a load balancer took the connection, and nothing listens behind it: often a program in a container that listens on 127.0.0.1 only.",
      "The process crashed or was killed while the request lay unread.",
      "The server closed without reading the whole request, for example an upload that it does not want.",
      "A firewall tore the connection down.",
    ],
    howToCheck: [
      { text: "Send the request straight to the origin.", command: "curl -v {url}" },
      {
        text: "See on which address the program listens. In a container, run this inside it.",
        command: "ss -ltn",
      },
      { text: "If it is a container, see whether it keeps restarting.", command: "docker ps -a" },
    ],
    howToFix: [
      "Let the program listen on 0.0.0.0 inside the container, on the port that is published.",
      "Repair the crash that the origin's log shows.",
      "Let the application read the request's content before it answers and closes.",
    ],
  },
  closed_on_reuse: {
    title: "The origin closed an idle connection as it was used again",
    whatHappened:
      "The gateway sent the request on a connection that was open from an earlier one, and the origin had just closed it. The gateway repeats a request by itself only if its method may be repeated and it has no content.",
    likelyCauses: [
      "The origin closes idle connections sooner than the gateway does, which keeps them for 4 seconds by default.",
      "The origin restarted or was deployed between two requests.",
      "A load balancer or firewall drops idle connections.",
    ],
    howToCheck: [
      {
        text: "See whether the origin says how long it keeps a connection (Keep-Alive: timeout=…).",
        command: "curl -s -D - -o /dev/null {url}",
      },
      {
        text: "See in the gateway's log whether the failures come with reused: true and after a pause.",
      },
    ],
    howToFix: [
      "Let the origin keep idle connections longer than the gateway does (in Node: server.keepAliveTimeout), or lower timeouts.keepAliveMs.",
      "On shutdown, let the origin send Connection: close and finish its requests before it stops.",
      "Let the client repeat the request where that is safe.",
    ],
  },
  stream_reset: {
    title: "The origin reset the request's HTTP/2 stream",
    whatHappened:
      "The gateway speaks HTTP/2 to this origin. The origin ended this request's stream with RST_STREAM before it had sent a response; the connection and its other requests went on. The error code says why: REFUSED_STREAM means that nothing was done, and the gateway has then tried once more already.",
    likelyCauses: [
      "The application or server failed while it worked on the request (INTERNAL_ERROR).",
      "The origin takes fewer requests at a time than were sent to it (REFUSED_STREAM, ENHANCE_YOUR_CALM).",
      "A time limit at the origin, or in a service mesh in front of it, cancelled the request (CANCEL).",
      "The origin finds the request itself at fault (PROTOCOL_ERROR): a field that it does not take, or too many of them.",
    ],
    howToCheck: [
      {
        text: "Send the request straight to the origin. curl says “HTTP/2 stream was not closed cleanly” and the code.",
        command: "curl -v --http2 -o /dev/null {url}",
      },
      {
        text: "See whether HTTP/1.1 works. If it does, the fault is in the origin's HTTP/2.",
        command: "curl -v --http1.1 -o /dev/null {url}",
      },
    ],
    howToFix: [
      "Repair the exception that the origin's log shows at this time.",
      "Raise the origin's limit of concurrent streams (nginx: http2_max_concurrent_streams) or the number of its workers.",
      "Until then, set http2: false for the zone.",
    ],
  },
  goaway: {
    title: "The origin gave up the HTTP/2 connection",
    whatHappened:
      "The gateway speaks HTTP/2 to this origin. The origin sent GOAWAY, which ends the connection with every request on it, before it had answered this one. A request that the origin has not begun is sent once more by the gateway, if nothing of its content has been passed on.",
    likelyCauses: [
      "The origin restarted or was deployed (NO_ERROR).",
      "The origin found the gateway too busy: too many requests, resets or pings (ENHANCE_YOUR_CALM).",
      "The origin found a mistake in the frames it got (PROTOCOL_ERROR, FRAME_SIZE_ERROR, COMPRESSION_ERROR).",
    ],
    howToCheck: [
      {
        text: "Send the request straight to the origin, with every frame shown.",
        command: "nghttp -nv {url}",
      },
      {
        text: "Read the origin's log at this time: a restart, or a limit that was reached. GOAWAY may carry a text, which the evidence has.",
      },
    ],
    howToFix: [
      "On shutdown, let the origin send GOAWAY with the number of the last request that it will answer, and answer those.",
      "Raise the limit that the origin names, or send it fewer requests at a time.",
      "Until then, set http2: false for the zone.",
    ],
  },
} as const satisfies Record<string, ReasonFacts>;
