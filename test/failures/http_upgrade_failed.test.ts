// The gateway asks no origin to upgrade yet, so none can refuse: nothing can provoke this over a socket.

import { testUnprovokedFailure } from "../helpers/unprovoked.ts";

testUnprovokedFailure({
  type: "http_upgrade_failed",
  phase: "http",
  codes: { cloudflare: 502, "cloudflare-1016": 502, rfc9209: 502, generic: 502 },
});
