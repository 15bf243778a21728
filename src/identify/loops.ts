// The name under which this gateway signs CDN-Loop.

/** A cdn-id. @see RFC 8586 §2 */
export const cdnName = "edgecase";

/** A request that has passed this gateway so often already goes no further. */
export const mostLoops = 3;
