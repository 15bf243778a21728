// The reasons of http_response_incomplete: how a response that had begun came to its early end.
// Listed in reasons.ts.

import type { ReasonFacts } from "../explanation.ts";

/** Reasons of `http_response_incomplete`. */
export const httpResponseIncompleteReasons = {
  closed_early: {
    title: "The origin closed in the middle of its response",
    whatHappened:
      "The response had begun, and the origin closed the connection (FIN, or GOAWAY in HTTP/2) before all of it had come: before the end of the header section, before Content-Length was reached, or before the last chunk.",
    likelyCauses: [
      "Content-Length is too large: counted in characters instead of bytes, before compression, or for another file.",
      "The application failed in the middle of the response and could only hang up.",
      "A time limit at the origin or in front of it ended the response.",
    ],
    howToCheck: [
      {
        text: "Ask the origin directly: curl tells how many bytes are missing.",
        command: "curl -sS -v -o /dev/null {url}",
      },
      {
        text: "Repeat it. The same number of missing bytes every time points at Content-Length; different numbers point at a crash or a time limit.",
        command: "curl -s -o /dev/null -D - {url}",
      },
    ],
    howToFix: [
      "Let the server compute Content-Length, or count bytes yourself after compression.",
      "Repair the exception that the origin's log shows at this time.",
      "Raise the limit that ends the response.",
    ],
  },
  reset_early: {
    title: "The origin reset the connection in the middle of its response",
    whatHappened:
      "The response had begun, and the connection was broken off (RST) before all of it had come.",
    likelyCauses: [
      "The origin's process crashed or was killed while it was sending.",
      "The origin closed with unread request content still waiting, which makes the system send a reset.",
      "A firewall or load balancer tore the connection down.",
    ],
    howToCheck: [
      {
        text: "Ask the origin directly. curl says “Recv failure: Connection reset by peer”.",
        command: "curl -sS -v -o /dev/null {url}",
      },
      {
        text: "On the origin's machine (Linux), see whether the kernel killed a process.",
        command: "sudo dmesg -T | grep -i -E 'out of memory|segfault'",
      },
    ],
    howToFix: [
      "Repair the crash that the origin's log shows, or give the process the memory that it needs.",
      "Let the application read the whole request before it closes.",
      "Raise the idle or session limit of whatever stands between gateway and origin.",
    ],
  },
  stalled: {
    title: "The origin stopped in the middle of its response",
    whatHappened:
      "The response had begun, and then nothing more came. The connection stayed open until the gateway's time limit was over.",
    likelyCauses: [
      "The application waits for something while it is sending: a query, a lock, another service.",
      "Content-Length promises more bytes than the application writes, and the connection is kept open.",
      "A stream is quiet for longer than the gateway allows.",
    ],
    howToCheck: [
      {
        text: "Ask the origin directly, with a time stamp on every step, and see where it stops.",
        command: "curl -v --trace-time -N -m 60 -o /dev/null {url}",
      },
      {
        text: "Look at what the origin's process is doing at that moment: threads, queries, locks.",
      },
    ],
    howToFix: [
      "Give whatever the application waits for a time limit of its own.",
      "Make Content-Length match the content.",
      "Send a heartbeat in quiet streams, or raise timeouts.bodyIdleMs.",
    ],
  },
  stream_reset: {
    title: "The origin reset the HTTP/2 stream in the middle of its response",
    whatHappened:
      "The gateway speaks HTTP/2 to this origin. The response had begun, and the origin ended its stream with RST_STREAM before all of it had come. The connection and its other requests went on.",
    likelyCauses: [
      "The application failed in the middle of the response (INTERNAL_ERROR); over HTTP/1.1 it would have hung up.",
      "A time limit at the origin, or in a service mesh in front of it, ended the response (CANCEL).",
      "The origin's server passes on a response of its own origin, which broke off.",
      "A busy server of node:http2 that has not read the request overtakes the end of its stream with a reset (NO_ERROR). Call stream.resume(), or send Content-Length.",
    ],
    howToCheck: [
      {
        text: "Send the request straight to the origin. curl says “HTTP/2 stream was not closed cleanly” and the code.",
        command: "curl -sS -v --http2 -o /dev/null {url}",
      },
      {
        text: "Repeat it, and compare the bytes received. The same number every time points at the application.",
        command: "curl -s --http2 {url} | wc -c",
      },
    ],
    howToFix: [
      "Repair the exception that the origin's log shows at this time.",
      "Raise the limit that ends the response.",
    ],
  },
} as const satisfies Record<string, ReasonFacts>;
