// axios-retry tries again after any status of 500 to 599, a 501 and a bad certificate (526) too, and waits as long as
// `Retry-After` says: two minutes after a 521. This client has a list, and an end to its patience.

import axios from "axios";
import axiosRetry, { exponentialDelay, isNetworkOrIdempotentRequestError } from "axios-retry";

import { longestWaitMs, worthAnotherTry } from "./worth-another-try.ts";

/** An axios like any other. */
export const axiosBehindAnEdge = axios.create();

axiosRetry(axiosBehindAnEdge, {
  retries: 2,
  retryCondition: (error) => {
    const { response } = error;
    if (response !== undefined && !worthAnotherTry.includes(response.status)) return false;
    return isNetworkOrIdempotentRequestError(error);
  },
  retryDelay: (count, error) => Math.min(exponentialDelay(count, error), longestWaitMs),
});
