// The settings of the gateway as a whole, whatever its zones are: how much it takes on, and how it ends.

import { Type } from "@sinclair/typebox";

import { partial } from "./schema-parts.ts";

/** From where on requests are refused although nothing is wrong with them. */
export const overloadSchema = partial({
  requests: Type.Integer({
    minimum: 1,
    default: 20_000,
    description:
      "Requests and tunnels that may be under way at the same time; further ones are answered 503.",
  }),
  connections: Type.Integer({
    minimum: 1,
    default: 8_192,
    description:
      "Client connections at the same time, but never more than a little less than half of the files that the system lets the process open; further ones are answered 503, or closed before TLS.",
  }),
  lagMs: Type.Integer({
    minimum: 0,
    default: 2_000,
    description:
      "Milliseconds that the gateway may be behind with its work; where it is three times in a row, half a second or more apart, it refuses a growing share of all requests; 0 refuses none.",
  }),
});

/** How long ending takes, in milliseconds that `clock` does not scale. */
export const shutdownSchema = partial({
  delayMs: Type.Integer({
    minimum: 0,
    maximum: 600_000,
    default: 0,
    description:
      "Milliseconds for which /readyz says 503 and everything else goes on, so that load balancers look elsewhere first.",
  }),
  idleMs: Type.Integer({
    minimum: 0,
    maximum: 600_000,
    default: 250,
    description:
      "Milliseconds for which a kept client connection may bring one more request, which is answered and told that it was the last; then it is closed.",
  }),
  graceMs: Type.Integer({
    minimum: 0,
    maximum: 3_600_000,
    default: 8_000,
    description:
      "Milliseconds for which requests under way may go on once the listeners are closed; what is left is then cut off.",
  }),
});
