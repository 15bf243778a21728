// What the schema declares for keys that are left out, read off it here; a built package has the values in this file's place, and
// loads no schema to start (scripts/build.ts).

import { adminSchema, listenSchema } from "./schema.ts";
import { logSchema } from "./schema-log.ts";
import { monitorSchema } from "./schema-monitor.ts";
import { overloadSchema, shutdownSchema } from "./schema-overload.ts";
import { defaultsOf } from "./schema-parts.ts";
import { affinitySchema, failoverSchema, passiveSchema } from "./schema-pools.ts";
import { errorsSchema, limitsSchema, timeoutsSchema } from "./schema-settings.ts";
import { fieldsSchema, tlsSchema } from "./schema-zone.ts";

/** By where they stand in a configuration. To be copied, not changed. */
export const defaults = {
  listen: defaultsOf(listenSchema),
  admin: defaultsOf(adminSchema),
  errors: defaultsOf(errorsSchema),
  timeouts: defaultsOf(timeoutsSchema),
  limits: defaultsOf(limitsSchema),
  log: defaultsOf(logSchema),
  monitor: defaultsOf(monitorSchema),
  affinity: defaultsOf(affinitySchema),
  failover: defaultsOf(failoverSchema),
  passive: defaultsOf(passiveSchema),
  fields: defaultsOf(fieldsSchema),
  tls: defaultsOf(tlsSchema),
  overload: defaultsOf(overloadSchema),
  shutdown: defaultsOf(shutdownSchema),
} as const;
