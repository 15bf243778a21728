// Pools have no health checks yet, so no origin is ever out of service: nothing can provoke this over a socket.

import { testUnprovokedFailure } from "../helpers/unprovoked.ts";

testUnprovokedFailure({
  type: "destination_unavailable",
  phase: "edge",
  codes: { cloudflare: 503, "cloudflare-1016": 503, rfc9209: 503, generic: 502 },
});
