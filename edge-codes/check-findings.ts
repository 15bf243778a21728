// What a health check can find of an origin that does answer: the words beside the failure types, which a check uses as requests do.
// Source of the first two: Cloudflare docs, Load Balancing, Troubleshooting: Common error codes.

import type { ReasonFacts } from "./explanation.ts";

/** Every finding, with its explanation. */
export const checkFindings = {
  response_code_mismatch: {
    title: "The origin answered a check with another status than expected",
    whatHappened:
      "A health check got a response, and its status is none of those that the monitor expects.",
    likelyCauses: [
      "The path of the check does not exist at the origin, or needs a log-in.",
      "The origin redirects the check, to HTTPS or to another path, and the monitor does not follow.",
      "The application is in trouble and says so: 500, or 503 during a start or a deployment.",
      "The origin serves another site, because the check's Host field is not the one that it knows.",
    ],
    howToCheck: [
      { text: "Send the check by hand, and look at the status.", command: "curl -i {url}" },
      { text: "Compare the monitor's path, header.Host and expectedCodes with what you see." },
    ],
    howToFix: [
      "Correct the monitor: its path, its header.Host, or the statuses that it expects.",
      "Follow redirects (followRedirects), or ask for the place that they lead to.",
      "Give the application a path that says whether it works, and repair what makes it say no.",
    ],
  },
  response_body_mismatch: {
    title: "The origin's answer to a check does not hold the expected text",
    whatHappened:
      "A health check got a response with a good status, but the monitor's expectedBody is not in the first 10 KB of it.",
    likelyCauses: [
      "The application answers, but in an error page or a maintenance page with the status 200.",
      "The text has changed with a new version.",
      "The content is compressed, or longer than the 10 KB that are looked at.",
    ],
    howToCheck: [
      {
        text: "Send the check by hand, and look for the text.",
        command: "curl -s {url} | head -c 10240",
      },
    ],
    howToFix: [
      "Correct expectedBody; case does not matter, everything else does.",
      "Let the application answer with a status that tells whether it works.",
    ],
  },
  custom_check_failed: {
    title: "A check of your own failed",
    whatHappened:
      "The monitor's module said that the origin is not healthy, threw an error, did not answer in time, or could not be loaded.",
    likelyCauses: [
      "The origin is not well, by the module's own measure.",
      "The module waits for something that does not come, or computes for too long; then it was stopped.",
      "The module has a mistake, or exports no function.",
    ],
    howToCheck: [
      { text: "Read the detail: it is what the module said or threw." },
      {
        text: "See how every origin stands (8081 is the default admin port).",
        command: "curl -s http://127.0.0.1:8081/api/pools",
      },
    ],
    howToFix: [
      "Repair what the module complains of.",
      "Give it more time (timeout), or make it ask for less.",
      "Export one async function as the module's default; docs/health-checks.md has the contract.",
    ],
  },
} as const satisfies Record<string, ReasonFacts>;

/** The name of a finding. */
export type CheckFinding = keyof typeof checkFindings;

/** Why a check of one's own failed: what the module said, that it threw, that it did not answer, or that there is none to call. */
export type CustomCheckReason = "unhealthy" | "threw" | "timeout" | "not_loaded";
