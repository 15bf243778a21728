// The shapes of what the admin API tells of pools.

import { type Static, Type } from "@sinclair/typebox";

import { integer, nullable, oneOf, text } from "./schemas.ts";

const time = (what: string) =>
  nullable(Type.String({ format: "date-time", description: `When ${what}; null if never.` }));

const originSchema = Type.Object({
  origin: text("The origin's name in labels and log lines."),
  address: nullable(text("The one address that it stands for; null for all of its name.")),
  state: oneOf(
    ["healthy", "unknown", "rising", "unhealthy", "ejected", "disabled"],
    "unknown has a monitor, but no result yet; rising is on its way back to its full share; ejected was taken out because requests failed.",
  ),
  failure: nullable(text("Why it is out: a failure type, or what a check found.")),
  reason: nullable(text("The failure's reason.")),
  detail: nullable(text("The same in a sentence.")),
  weight: Type.Number({ description: "Its weight in the configuration." }),
  share: Type.Number({ description: "How much of its weight counts, up to 1." }),
  outstanding: integer("Requests under way."),
  ejections: integer("How often it was taken out because requests failed."),
  changedAt: time("its checks last changed their verdict"),
  checkedAt: time("it was last checked"),
  checkMs: nullable(Type.Number({ description: "Milliseconds that the last check took." })),
  certificateExpiresAt: time("the certificate that it showed last expires"),
});

const poolSchema = Type.Object({
  pool: text("The pool's name; default where the zone has only origins."),
  state: oneOf(
    ["healthy", "degraded", "critical", "disabled"],
    "degraded serves with fewer origins than it has; critical has fewer than it must have.",
  ),
  steering: text("Which origin gets a request."),
  minimumOrigins: integer("With fewer healthy origins the pool is out."),
  isFallback: Type.Boolean({ description: "Serves when every other pool is out." }),
  origins: Type.Array(originSchema),
});

/** One zone's pools. */
export const poolsSchema = Type.Object(
  { zone: text("The zone's first host."), pools: Type.Array(poolSchema) },
  { title: "ZonePools", description: "A zone's pools, and how their origins stand." },
);

export type OriginReport = Static<typeof originSchema>;
export type PoolReport = Static<typeof poolSchema>;
export type PoolsView = Static<typeof poolsSchema>;
