// The profile cloudflare with the documented answer to an origin whose name does not resolve.
// Status 530, and the cause as a number in the body.

import type { Code } from "../codes.ts";
import type { FailureType } from "../failure-types.ts";
import { cloudflare } from "./cloudflare.ts";

/** The codes of the profile `cloudflare-1016`. */
export const cloudflare1016 = {
  ...cloudflare,
  dns_timeout: 1016,
  dns_error: 1016,
} as const satisfies Record<FailureType, Code>;
