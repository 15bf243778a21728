// The statuses after which the same request may succeed later, without anybody changing anything. The edge's own are checked
// against `edgecase/codes` by retry.test.ts; add those of your API, such as 429.

/** What an edge in front of an origin answers with while the origin has a bad moment. */
export const worthAnotherTry = [500, 502, 503, 504, 520, 521, 522, 523, 524];

/** However long `Retry-After` is: nobody waits for an answer longer than that. */
export const longestWaitMs = 10_000;
