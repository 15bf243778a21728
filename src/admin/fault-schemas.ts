// The shapes of faults: as they are asked for at run time, and as the admin API tells of those in force.

import { type Static, Type } from "@sinclair/typebox";

import { closed } from "../config/schema-parts.ts";
import { durationSchema, faultProperties } from "../config/schema-inject.ts";
import { byName, integer, nullable, oneOf, text } from "./schemas.ts";

/** A fault to inject from now on. */
export const faultRequestSchema = Type.Object(
  {
    ...faultProperties,
    zone: Type.Optional(
      Type.String({ maxLength: 255, description: "A host of the zone; without it every zone." }),
    ),
    for: Type.Optional(
      durationSchema(
        "How long it is in force, in milliseconds or as 30s; without it until cleared.",
      ),
    ),
  },
  { ...closed, title: "FaultRequest" },
);

/** A fault in force. */
export const faultSchema = Type.Object(
  {
    id: text("For DELETE /api/faults/ID."),
    fault: text("As it was named."),
    zone: nullable(text("The zone's first host; null for every zone.")),
    match: Type.Object({
      host: nullable(Type.String()),
      path: nullable(Type.String()),
      method: nullable(Type.String()),
      header: byName("Fields that must be there, with their patterns."),
    }),
    rate: Type.Number({ description: "Share of the matching requests that it happens to." }),
    count: nullable(integer("How often it happens in all; null for no end.")),
    delayMs: Type.Number({ description: "Wait before the request goes its way." }),
    after: integer("For cut and stall: bytes of content that still pass."),
    seed: nullable(integer("What the choice goes by; null for chance.")),
    endsInMs: nullable(integer("When it ends; null for no end.")),
    matched: integer("Requests that matched so far."),
    injected: integer("Requests that had the fault so far."),
  },
  { title: "Fault", description: "A fault that is put in the way of requests." },
);

/** What can be injected, by name. */
export const faultNamesSchema = Type.Object(
  {
    names: Type.Array(
      Type.Object({
        name: text("What POST /api/faults takes as fault."),
        kind: oneOf(
          ["response", "code", "failure type", "reason", "broken origin"],
          "What has the name; a response is that of the zone's own origin.",
        ),
        title: text("What it is, in a few words."),
      }),
    ),
  },
  {
    title: "FaultNames",
    description:
      "Codes, failure types, reasons and broken origins, in this order, less those that need what a machine may not have.",
  },
);

export type FaultRequest = Static<typeof faultRequestSchema>;
export type FaultView = Static<typeof faultSchema>;
export type FaultNames = Static<typeof faultNamesSchema>;
