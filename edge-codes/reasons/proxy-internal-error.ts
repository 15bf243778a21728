// Reasons of proxy_internal_error: what the gateway knows of its own faults. Most have none.

import type { ReasonFacts } from "../explanation.ts";

/** Reasons under proxy_internal_error. */
export const proxyInternalErrorReasons = {
  worker_ended: {
    title: "The gateway's process ended before the request did",
    whatHappened:
      "The gateway runs as several processes, and the one that had this request ended. The client's connection ended with it, and so did the one to the origin. Another process has taken its place.",
    likelyCauses: [
      "The system ran out of memory and killed the process.",
      "Somebody ended the process.",
      "A defect in the gateway, in Node, or in a module that the process was started with.",
    ],
    howToCheck: [
      {
        text: "See how the process ended: the gateway says so on stderr at level error, with the signal or the exit code.",
      },
      {
        text: "Ask the kernel whether it ended a process for want of memory.",
        command: "journalctl -k --grep 'killed process'",
      },
    ],
    howToFix: [
      "Give the gateway's machine or container more memory, or start fewer workers.",
      "If the process was not ended from outside, report what it said last as an issue.",
    ],
  },
} as const satisfies Record<string, ReasonFacts>;
