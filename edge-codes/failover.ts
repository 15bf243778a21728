// After which failures the CDN tries another origin. The codes are documented; the types are those that become them.

import type { Code } from "./codes.ts";
import type { FailureType } from "./failure-types.ts";
import { cloudflare } from "./profiles/cloudflare.ts";

/**
 * The codes after which zero-downtime failover tries one other origin; never after 520, 502 or 504, nor after a timeout (524).
 *
 * @see Cloudflare docs, Load Balancing, Adaptive routing: Zero-downtime failover
 */
const failoverCodes: ReadonlySet<Code> = new Set([521, 522, 523, 525, 526]);

/** The failure types that become these codes in the profile `cloudflare`. */
export const failoverTypes = (Object.keys(cloudflare) as FailureType[]).filter((type) =>
  failoverCodes.has(cloudflare[type]),
);
