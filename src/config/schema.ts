// The configuration, declared once: types, defaults, `--help`, docs and the JSON Schema all come from here.
// Sources of the defaults: Cloudflare docs, "Connection limits" and "SSL/TLS encryption modes".

import { Type, type Static, type TObject, type TProperties } from "@sinclair/typebox";

const closed = { additionalProperties: false } as const;

/** An object all of whose keys may be left out, and none invented. */
const partial = <T extends TProperties>(properties: T, options: { description?: string } = {}) =>
  Type.Partial(Type.Object(properties), { ...closed, ...options });

const port = (value: number | false, description: string) =>
  Type.Union([Type.Integer({ minimum: 0, maximum: 65535 }), Type.Literal(false)], {
    default: value,
    description,
  });
const milliseconds = (value: number, description: string) =>
  Type.Integer({ minimum: 1, maximum: 6_000_000, default: value, description });
const bytes = (value: number, description: string) =>
  Type.Integer({ minimum: 1, default: value, description });
const nullableString = (description: string) =>
  Type.Union([Type.String(), Type.Null()], { default: null, description });

/** Where clients connect. */
export const listenSchema = partial({
  host: Type.String({ default: "127.0.0.1", description: "Address to listen on." }),
  http: port(8080, "Port for plain HTTP; 0 takes a free one, false listens on none."),
  https: Type.Literal(false, {
    default: false,
    description: "Port for HTTPS: not served yet, so only false is accepted.",
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

/** What a client is told of a failure. */
export const errorsSchema = partial({
  codes: Type.Union([Type.Literal("detailed"), Type.Literal("generic")], {
    default: "detailed",
    description:
      "detailed answers with the code of the profile; generic with 502 for every origin failure.",
  }),
  pages: Type.Union([Type.Literal("verbose"), Type.Literal("sanitized")], {
    default: "verbose",
    description: "verbose shows the whole cause; sanitized only status, title, ray id and time.",
  }),
  profile: Type.String({
    default: "cloudflare",
    description: "Which profile maps failures to codes.",
  }),
  reveal: partial(
    {
      cidrs: Type.Array(Type.String(), {
        default: [],
        description: "Clients in these networks get detailed and verbose answers.",
      }),
      tokenFile: nullableString(
        "File with a token; requests that bear it in edgecase-reveal get detailed and verbose answers.",
      ),
    },
    { description: "Who sees the detail although the public does not." },
  ),
});

/** How long each wait may take, in milliseconds, before `clock` is applied. */
export const timeoutsSchema = partial({
  dnsMs: milliseconds(5_000, "Milliseconds to resolve the origin's name."),
  connectMs: milliseconds(
    19_000,
    "Milliseconds for the TCP connection, over all addresses (Cloudflare: 19 s).",
  ),
  handshakeMs: milliseconds(10_000, "Milliseconds for the TLS handshake."),
  responseMs: milliseconds(
    125_000,
    "Milliseconds from the request's last byte to the end of the response's head (Cloudflare: 125 s).",
  ),
  bodyIdleMs: milliseconds(125_000, "Milliseconds between two reads of a body, on either side."),
  writeMs: milliseconds(
    30_000,
    "Milliseconds in which the origin must take some of the request's body (Cloudflare: 30 s).",
  ),
  keepAliveMs: milliseconds(
    4_000,
    "Milliseconds for which an idle origin connection is kept, unless the origin names a shorter time.",
  ),
  clientIdleMs: milliseconds(
    400_000,
    "Milliseconds for which an idle client connection is kept (Cloudflare: 400 s).",
  ),
});

/** How large things may be. */
export const limitsSchema = partial({
  responseHeaderBytes: bytes(131_072, "Bytes of a response's header section (Cloudflare: 128 KB)."),
  requestHeaderBytes: bytes(131_072, "Bytes of a request's header section."),
  urlBytes: bytes(32_768, "Bytes of a request target. Not applied yet."),
  bodyBytes: bytes(
    104_857_600,
    "Bytes of a request body (Cloudflare Free: 100 MB). Not applied yet.",
  ),
  originConnections: Type.Integer({
    minimum: 1,
    default: 1_024,
    description: "Connections to one origin at the same time.",
  }),
  originQueue: Type.Integer({
    minimum: 0,
    default: 1_024,
    description: "Requests that may wait for such a connection; 0 lets none wait.",
  }),
});

/** Whom to ask for the origins' names. */
export const dnsSchema = partial({
  servers: Type.Array(Type.String(), {
    default: [],
    description: "Resolvers as address or address:port; empty: the system's.",
  }),
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

/** The SSL modes, in Cloudflare's API values. */
export const sslSchema = Type.Union(
  (["off", "flexible", "full", "strict", "origin_pull"] as const).map((mode) => Type.Literal(mode)),
  {
    default: "strict",
    description:
      "off, flexible: origins over HTTP. full: TLS without validation. strict, origin_pull: the certificate must be valid.",
  },
);

const nameChoice = (value: string, what: string) =>
  Type.String({
    default: value,
    minLength: 1,
    description: `${what}: request, origin, or a name of its own.`,
  });

/** One zone: a site on this edge. */
export const zoneSchema = Type.Object(
  {
    hosts: Type.Array(Type.String({ minLength: 1 }), {
      minItems: 1,
      description: "Hosts of the zone; *.name is every host below it, * every host.",
    }),
    origins: Type.Array(Type.String({ minLength: 1 }), {
      minItems: 1,
      description: "Origins, tried in order: a URL, host[:port], or unix:/path.",
    }),
    ssl: Type.Optional(sslSchema),
    hostHeader: Type.Optional(nameChoice("request", "Host field sent to the origin")),
    sni: Type.Optional(nameChoice("origin", "Server name in the TLS handshake")),
    originCa: Type.Optional(
      nullableString(
        "PEM file with the CAs to trust for this zone's origins, instead of the public ones.",
      ),
    ),
    clientCertificate: Type.Optional(
      Type.Union([Type.Object({ cert: Type.String(), key: Type.String() }, closed), Type.Null()], {
        default: null,
        description: "PEM files of the certificate to show to origins that ask for one.",
      }),
    ),
    checkContentCoding: Type.Optional(
      Type.Boolean({
        default: true,
        description:
          "Decompress gzip, deflate and br content on the side, so that a broken one is a failure (Cloudflare: 502).",
      }),
    ),
    errors: Type.Optional(errorsSchema),
    timeouts: Type.Optional(timeoutsSchema),
    limits: Type.Optional(limitsSchema),
    dns: Type.Optional(dnsSchema),
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
  dns: dnsSchema,
  profiles: Type.Record(Type.String(), profileSchema, {
    default: {},
    description: "Profiles of your own.",
  }),
  zones: Type.Array(zoneSchema, { default: [], description: "The sites on this edge." }),
});

/** A configuration as written: every key optional but a zone's `hosts` and `origins`. */
export type ConfigFile = Static<typeof configSchema>;
export type ZoneFile = Static<typeof zoneSchema>;
export type SslMode = "off" | "flexible" | "full" | "strict" | "origin_pull";
export type Timeouts = Required<Static<typeof timeoutsSchema>>;
export type Limits = Required<Static<typeof limitsSchema>>;
export type ErrorsFile = Static<typeof errorsSchema>;
export type ProfileFile = Static<typeof profileSchema>;

/** The defaults that a schema object declares for its keys. */
export function defaultsOf<T extends TObject>(schema: T): Required<Static<T>> {
  const defaults: Record<string, unknown> = {};
  for (const [key, property] of Object.entries(schema.properties)) {
    const declared = property as { default?: unknown; properties?: TProperties };
    defaults[key] = declared.properties
      ? defaultsOf(property as unknown as TObject)
      : declared.default;
  }
  return defaults as Required<Static<T>>;
}
