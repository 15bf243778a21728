// The origin answers 101, but not to what it was asked.

import { testFailureChain } from "../helpers/failure-chain.ts";

testFailureChain({
  fixture: "upgrade-otherwise",
  type: "http_upgrade_failed",
  reason: null,
  phase: "http",
  codes: { cloudflare: 502, "cloudflare-1016": 502, rfc9209: 502, generic: 502 },
});
