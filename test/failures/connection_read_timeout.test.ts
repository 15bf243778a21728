// An origin that stops in mid-answer is told as http_response_timeout (in the head) or http_response_incomplete/stalled (after it):
// nothing can provoke this over a socket.

import { testUnprovokedFailure } from "../helpers/unprovoked.ts";

testUnprovokedFailure({
  type: "connection_read_timeout",
  phase: "http",
  codes: { cloudflare: 524, "cloudflare-1016": 524, rfc9209: 504, generic: 502 },
});
