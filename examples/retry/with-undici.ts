// undici's RetryAgent knows none of 520 to 526. Its list is the agent's, so there is one agent for what is behind an edge.

import { Agent, RetryAgent, type RetryHandler } from "undici";

import { longestWaitMs, worthAnotherTry } from "./worth-another-try.ts";

/** To be given as `dispatcher`. Waits as long as `Retry-After` says, but never longer than `maxTimeout`. */
export function agentBehindAnEdge(options: RetryHandler.RetryOptions = {}): RetryAgent {
  return new RetryAgent(new Agent(), {
    maxRetries: 2,
    maxTimeout: longestWaitMs,
    statusCodes: worthAnotherTry,
    ...options,
  });
}
