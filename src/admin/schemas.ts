// The shapes of what the admin API tells and takes. What is not declared here is not told: Fastify serialises by these.

import { type Static, type TSchema, Type } from "@sinclair/typebox";

import { failureTypes } from "../../edge-codes/failure-types.ts";
import { closed } from "../config/schema-parts.ts";

/** A text. */
export const text = (description: string) => Type.String({ description });
/** A whole number. */
export const integer = (description: string) => Type.Integer({ description });

/** A value or null, in the words of JSON Schema 2020-12. */
export const nullable = <T extends TSchema & { type: string }>({ type, ...schema }: T) =>
  Type.Unsafe<Static<T> | null>({ ...schema, type: [type, "null"] });

/** One of several words. */
export const oneOf = <const T extends string>(words: readonly T[], description: string) =>
  Type.Unsafe<T>({ type: "string", enum: [...words], description });

/** Texts by name. */
export const byName = (description: string) =>
  Type.Unsafe<Record<string, string>>({
    type: "object",
    additionalProperties: { type: "string" },
    description,
  });

const duration = (what: string) => nullable(Type.Number({ description: `Milliseconds ${what}.` }));

const toggles = {
  codes: oneOf(["detailed", "generic"], "Whether clients get the profile's code, or 502."),
  pages: oneOf(["verbose", "sanitized"], "How much pages say."),
  profile: text("The profile that maps failures to codes."),
};

const clock = Type.Number({
  exclusiveMinimum: 0,
  maximum: 100,
  description: "Scales every timeout of requests that begin after it.",
});

/** The settings in force. */
export const settingsSchema = Type.Object(
  {
    ...toggles,
    clock,
    profiles: Type.Array(Type.String(), { description: "The profiles that there are." }),
    zones: Type.Array(Type.Object({ zone: text("The zone's first host."), ...toggles })),
  },
  { title: "Settings", description: "The gateway's settings in force, and those of each zone." },
);

/** A change of them. */
export const changeSchema = Type.Partial(
  Type.Object({
    ...toggles,
    clock,
    zone: text(
      "A host of the zone to change; without it the gateway and every zone. Not with clock.",
    ),
    survivesReload: Type.Boolean({
      description:
        "Whether the change outlives a reload of the configuration. If not, the file wins again.",
    }),
  }),
  { ...closed, title: "SettingsChange", minProperties: 1 },
);

/** A zone and its origins. */
export const zoneSchema = Type.Object(
  {
    zone: text("The zone's first host."),
    hosts: Type.Array(Type.String()),
    ssl: text("The zone's SSL mode."),
    ...toggles,
    origins: Type.Array(
      Type.Object({
        origin: text("As the configuration has it."),
        pool: text("The pool that it is in."),
        address: text("The one address of its name that it stands for; empty for all of them."),
        weight: Type.Number(),
        enabled: Type.Boolean(),
        state: oneOf(
          ["unknown", "healthy", "unhealthy", "ejected"],
          "What its checks say; ejected: real requests failed too often.",
        ),
        outstanding: integer("Requests that it has under way."),
        connections: Type.Object({
          idle: Type.Integer(),
          active: Type.Integer(),
          connecting: Type.Integer(),
          queued: Type.Integer({ description: "Requests that wait for a connection." }),
        }),
      }),
    ),
  },
  { title: "Zone" },
);

/** One exchange in short: the access line's words and values. */
export const summarySchema = Type.Object(
  {
    seq: integer("Counts up from 1."),
    ray: text("Ray ID."),
    time: integer("When it ended, in milliseconds since the epoch."),
    zone: text("The zone's first host; empty if no zone has the request's host."),
    method: Type.String(),
    host: Type.String(),
    path: text("Without the query."),
    protocol: Type.String(),
    scheme: oneOf(["http", "https"], "How the client came."),
    status: integer("What the client got; 499 if it left first, 0 if it got none."),
    code: nullable(integer("The detailed code; null if nothing failed.")),
    failure: nullable(text("The failure's type.")),
    reason: nullable(text("Its reason.")),
    phase: nullable(text("The step that broke: edge, dns, tcp, tls, http.")),
    late: Type.Boolean({ description: "The response's head had left, and no code could be sent." }),
    origin: text("The origin that answered, or was tried last."),
    originIp: text("Address and port, or socket, of the connection."),
    originStatus: integer("The origin's own status; 0 if the edge answered by itself."),
    reused: Type.Boolean({ description: "The request went over a kept connection." }),
    retries: integer("How often it was sent again, or to another origin."),
    dnsMs: duration("for the name"),
    tcpMs: duration("for the connection"),
    tlsMs: duration("for the handshake"),
    responseMs: duration("from the request's last byte to the response's head"),
    totalMs: Type.Number({ description: "Milliseconds from the request's head to the end." }),
    requestBytes: integer("Bytes of content."),
    responseBytes: integer("Bytes of content."),
    client: text("The client's address."),
    injected: nullable(text("The fault that was put in its way on purpose.")),
  },
  { title: "Summary" },
);

/** One exchange whole: the evidence that the verbose page shows. */
export const exchangeSchema = Type.Object(
  {
    ...summarySchema.properties,
    detail: nullable(text("The cause in a sentence; null if there is none.")),
    title: nullable(text("The failure in words.")),
    whatHappened: nullable(Type.String()),
    likelyCauses: Type.Array(Type.String(), { description: "The most likely first." }),
    howToCheck: Type.Array(
      Type.Object({ text: Type.String(), command: Type.Optional(Type.String()) }),
    ),
    howToFix: Type.Array(Type.String()),
    steps: Type.Array(
      Type.Object({
        step: text("client, edge, dns, tcp, tls or http."),
        state: oneOf(["ok", "broken", "refused", "unreached", "skipped"], "How it went."),
        note: text("A duration, or why there is none."),
      }),
      { description: "The request line; empty if the edge answered without an origin." },
    ),
    evidence: byName("What there is to see, by its label on the verbose page."),
    certificate: Type.Union([
      Type.Object({
        subject: Type.String(),
        issuer: Type.String(),
        names: Type.Array(Type.String()),
        validFrom: Type.String(),
        validTo: Type.String(),
        keyType: Type.String(),
        keyBits: Type.Integer(),
        chain: Type.Array(Type.String(), { description: "Subjects from the leaf upwards." }),
      }),
      Type.Null(),
    ]),
    attempts: Type.Array(
      Type.Object({
        origin: Type.String(),
        failure: Type.String(),
        reason: nullable(Type.String()),
        detail: Type.String(),
      }),
      { description: "Failures at the origins that were tried before the last." },
    ),
    requestSent: Type.Boolean({
      description: "After a failure: the origin may have received the request.",
    }),
    told: Type.Union(
      [
        Type.Object({
          code: integer("The code that the client got."),
          pages: toggles.pages,
        }),
        Type.Null(),
      ],
      {
        description:
          "What the client was told of a failure, by the settings in force then; late failures it was not told of.",
      },
    ),
  },
  { title: "Exchange" },
);

/** A ray id, with or without the place at its end. */
export const rayParameter = Type.String({
  pattern: "^[0-9a-f]{16}(-[A-Z]{3})?$",
  description: "Ray ID, with or without the place at its end.",
});

/** Which exchanges are wanted, by what they are. */
export const filterProperties = {
  zone: Type.Optional(Type.String({ maxLength: 255, description: "The zone's first host." })),
  code: Type.Optional(
    Type.Integer({ minimum: 100, maximum: 9_999, description: "The detailed code." }),
  ),
  failure: Type.Optional(oneOf(Object.keys(failureTypes), "The failure's type.")),
};

/** What each schema describes, as a type. */
export type SettingsView = Static<typeof settingsSchema>;
export type SettingsRequest = Static<typeof changeSchema>;
export type ZoneView = Static<typeof zoneSchema>;
export type Summary = Static<typeof summarySchema>;
export type ExchangeView = Static<typeof exchangeSchema>;
