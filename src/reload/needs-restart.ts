// What a reload cannot change: where the gateway listens, the admin server, the log and whether there are traces.

import { isDeepStrictEqual } from "node:util";

import type { GatewayConfig } from "../config/gateway-config.ts";

/** A configuration as far as it can take the place of another one, and the keys that would take a restart. */
export interface Applicable {
  readonly config: GatewayConfig;
  readonly keys: readonly string[];
}

/** Leaves what cannot change as it is in `now`. */
export function applicable(now: GatewayConfig, next: GatewayConfig): Applicable {
  const { host, http, https, caFolder } = now.listen;
  const keys = {
    "listen.host": next.listen.host !== host,
    "listen.http": next.listen.http !== http,
    "listen.https": next.listen.https !== https,
    "admin.host": next.admin.host !== now.admin.host,
    "admin.port": next.admin.port !== now.admin.port,
    "admin.tokenFile": next.admin.token !== now.admin.token,
    log: !isDeepStrictEqual(next.log, now.log),
    tracing: next.tracing !== now.tracing,
  };
  const { admin, log, tracing } = now;
  const listen = { ...next.listen, host, http, https, caFolder };
  return {
    config: { ...next, listen, admin, log, tracing },
    keys: Object.entries(keys).flatMap(([key, isOther]) => (isOther ? [key] : [])),
  };
}
