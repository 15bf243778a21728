// A configuration that cannot work is refused before the gateway listens: nothing can provoke this over a socket.

import { testUnprovokedFailure } from "../helpers/unprovoked.ts";

testUnprovokedFailure({
  type: "proxy_configuration_error",
  phase: "edge",
  codes: { cloudflare: 500, "cloudflare-1016": 500, rfc9209: 500, generic: 500 },
});
