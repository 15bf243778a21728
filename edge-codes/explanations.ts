// One general explanation per failure type, for `edgecase explain`, the verbose page and the docs.
// The texts are split by phase, along the request's line; this is the list that puts them together.

import type { Explanation } from "./explanation.ts";
import { dnsExplanations } from "./explanations/dns.ts";
import { edgeExplanations } from "./explanations/edge.ts";
import { httpExplanations } from "./explanations/http.ts";
import { tcpExplanations } from "./explanations/tcp.ts";
import { tlsExplanations } from "./explanations/tls.ts";
import type { FailureType } from "./failure-types.ts";

/** What to tell a person about a failure of each type when its reason is not known. */
export const explanations = {
  ...edgeExplanations,
  ...dnsExplanations,
  ...tcpExplanations,
  ...tlsExplanations,
  ...httpExplanations,
} as const satisfies Record<FailureType, Explanation>;
