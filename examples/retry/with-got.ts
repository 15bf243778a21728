// got knows 521, 522 and 524 by itself; 520 and 523 have to be told.

import got from "got";

import { longestWaitMs, worthAnotherTry } from "./worth-another-try.ts";

/** Gives up where `Retry-After` asks for more than it may wait. */
export const gotBehindAnEdge = got.extend({
  retry: { limit: 2, statusCodes: worthAnotherTry, maxRetryAfter: longestWaitMs },
});
