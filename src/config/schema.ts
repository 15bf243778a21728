// The configuration, declared once: types, defaults, `--help`, docs and the JSON Schema all come from here.

import { Type, type Static } from "@sinclair/typebox";

import { closed, nullableString, partial, port } from "./schema-parts.ts";
import { logSchema } from "./schema-log.ts";
import { injectSchema } from "./schema-inject.ts";
import { monitorSchema } from "./schema-monitor.ts";
import { overloadSchema, shutdownSchema } from "./schema-overload.ts";
import type { originSchema } from "./schema-pools.ts";
import { dnsSchema, errorsSchema, limitsSchema, timeoutsSchema } from "./schema-settings.ts";
import { fieldsSchema, zoneSchema } from "./schema-zone.ts";

/** Where clients connect. */
export const listenSchema = partial({
  host: Type.String({ default: "127.0.0.1", description: "Address to listen on." }),
  http: port(8080, "Port for plain HTTP; 0 takes a free one, false listens on none."),
  https: port(
    8443,
    "Port for HTTPS with HTTP/1.1 and HTTP/2; 0 takes a free one, false listens on none.",
  ),
  certificates: Type.Array(Type.Object({ cert: Type.String(), key: Type.String() }, closed), {
    default: [],
    description:
      "PEM files of certificates of your own, used for the names they bear; every other name gets one from the local CA.",
  }),
});

/** Where metrics and health are served. */
export const adminSchema = partial({
  host: Type.String({ default: "127.0.0.1", description: "Address of the admin server." }),
  port: port(8081, "Port of the admin server; 0 takes a free one, false serves none."),
  tokenFile: nullableString(
    "File with the bearer token that the admin server asks for; required off loopback.",
  ),
});

const status = Type.Integer({
  minimum: 400,
  maximum: 599,
  description: "HTTP status to answer with.",
});

/** One profile of the user's own. */
export const profileSchema = Type.Object(
  {
    extends: Type.String({ description: "The profile that gives every row not named here." }),
    codes: Type.Optional(
      Type.Record(
        Type.String(),
        Type.Object(
          {
            status,
            error: Type.Optional(
              Type.Integer({
                minimum: 1000,
                maximum: 1999,
                description:
                  "Number of the 1000s to name on the page, as Cloudflare's 1xxx errors.",
              }),
            ),
          },
          closed,
        ),
        {
          description:
            "Rows by failure type (connection_refused) or type/reason (dns_error/nxdomain).",
        },
      ),
    ),
  },
  closed,
);

/** The whole file. */
export const configSchema = partial({
  $schema: Type.String({ description: "Where an editor finds this schema." }),
  listen: listenSchema,
  admin: adminSchema,
  errors: errorsSchema,
  timeouts: timeoutsSchema,
  limits: limitsSchema,
  overload: overloadSchema,
  shutdown: shutdownSchema,
  clock: Type.Number({
    exclusiveMinimum: 0,
    maximum: 100,
    default: 1,
    description: "Scales every timeout; 0.01 makes 125 s 1.25 s.",
  }),
  colo: Type.String({
    default: "DEV",
    pattern: "^[A-Z]{3}$",
    description: "The three letters at the end of a ray id.",
  }),
  trustedProxies: Type.Array(Type.String(), {
    default: [],
    description:
      "Networks whose X-Forwarded-For and X-Forwarded-Proto are believed, such as 10.0.0.0/8; empty: nobody's.",
  }),
  dns: dnsSchema,
  log: logSchema,
  tracing: Type.Boolean({
    default: false,
    description: "Make a trace of every request, with the OpenTelemetry SDK that the process has.",
  }),
  profiles: Type.Record(Type.String(), profileSchema, {
    default: {},
    description: "Profiles of your own.",
  }),
  monitors: Type.Record(Type.String(), monitorSchema, {
    default: {},
    description: "Ways to check origins, by name.",
  }),
  zones: Type.Array(zoneSchema, { default: [], description: "The sites on this edge." }),
  inject: injectSchema,
});

/** A configuration as written: every key optional but a zone's `hosts`. */
export type ConfigFile = Static<typeof configSchema>;
export type ZoneFile = Static<typeof zoneSchema>;
export type MonitorFile = Static<typeof monitorSchema>;
export type OriginFile = Static<typeof originSchema>;
export type SslMode = "off" | "flexible" | "full" | "strict" | "origin_pull";
export type Timeouts = Required<Static<typeof timeoutsSchema>>;
export type Limits = Required<Static<typeof limitsSchema>>;
export type Overload = Required<Static<typeof overloadSchema>>;
export type Shutdown = Required<Static<typeof shutdownSchema>>;
export type Fields = Required<Static<typeof fieldsSchema>>;
export type ErrorsFile = Static<typeof errorsSchema>;
export type LogFile = Static<typeof logSchema>;
export type ProfileFile = Static<typeof profileSchema>;
