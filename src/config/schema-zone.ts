// One zone, as it is written.
// Sources of the defaults: Cloudflare docs, "SSL/TLS encryption modes", "HTTP request headers", "Custom errors".

import { Type } from "@sinclair/typebox";

import { closed, nullableString, partial } from "./schema-parts.ts";
import { zonePoolsKeys } from "./schema-pools.ts";
import { dnsSchema, errorsSchema, limitsSchema, timeoutsSchema } from "./schema-settings.ts";

/** The SSL modes, in Cloudflare's API values. */
const sslSchema = Type.Union(
  (["off", "flexible", "full", "strict", "origin_pull"] as const).map((mode) => Type.Literal(mode)),
  {
    default: "strict",
    description:
      "How origins without a scheme are spoken to, and whether certificates count. off, flexible: HTTP. full, strict: as the client; strict validates. origin_pull: HTTPS, validated. off redirects clients to HTTP.",
  },
);

const nameChoice = (value: string, what: string) =>
  Type.String({
    default: value,
    minLength: 1,
    description: `${what}: request, origin, or a name of its own.`,
  });

const tlsVersion = (["TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3"] as const).map((version) =>
  Type.Literal(version),
);

/** How to speak TLS to a zone's origins. */
export const tlsSchema = partial(
  {
    minVersion: Type.Union(tlsVersion, {
      default: "TLSv1.2",
      description: "Lowest TLS version offered to origins.",
    }),
    ciphers: nullableString(
      "Ciphers offered to origins, in OpenSSL's form; null offers Node's default ones.",
    ),
  },
  { description: "How to speak TLS to the origins." },
);

/** Fields that the edge adds or changes. */
export const fieldsSchema = partial(
  {
    ipCountry: Type.Union([Type.String({ pattern: "^[A-Z][A-Z0-9]$" }), Type.Null()], {
      default: "XX",
      description:
        "CF-IPCountry to the origin: two letters, XX for unknown, T1 for Tor; null sends none.",
    }),
    trueClientIp: Type.Boolean({
      default: false,
      description: "Send True-Client-IP, the same as CF-Connecting-IP, to the origin.",
    }),
    acceptEncoding: Type.Union([Type.Literal("client"), Type.Literal("normalized")], {
      default: "client",
      description:
        "Accept-Encoding to the origin: the client's own, or those of `gzip, br` that the client takes, in this order.",
    }),
    server: nullableString(
      "Server field to the client, in place of the origin's; null changes nothing.",
    ),
  },
  { description: "Fields that the edge adds or changes." },
);

/** A site owner's own error pages, by class. */
const errorPagesSchema = partial(
  {
    "5xx": nullableString("HTML file for errors of the 500s; needs ::CLOUDFLARE_ERROR_500S_BOX::."),
    "1xxx": nullableString(
      "HTML file for errors of the 1000s; needs ::CLOUDFLARE_ERROR_1000S_BOX::.",
    ),
  },
  { description: "The site's own error pages." },
);

/** One custom error rule. */
const errorRuleSchema = Type.Object(
  {
    status: Type.Array(
      Type.Union([
        Type.Integer({ minimum: 400, maximum: 999 }),
        Type.Literal("4xx"),
        Type.Literal("5xx"),
      ]),
      {
        minItems: 1,
        description:
          "Statuses of the response, the origin's or the edge's, to which the rule applies.",
      },
    ),
    body: Type.Optional(
      Type.String({ description: "Body of the answer, at most 10 KB; tokens are filled in." }),
    ),
    file: Type.Optional(
      Type.String({ description: "File with the body, at most 1.5 MB, instead of body." }),
    ),
    contentType: Type.Optional(
      Type.Union(
        (["text/html", "text/plain", "application/json", "text/xml"] as const).map((type) =>
          Type.Literal(type),
        ),
        { default: "text/html", description: "Media type of the answer." },
      ),
    ),
    responseStatus: Type.Optional(
      Type.Integer({
        minimum: 400,
        maximum: 999,
        description: "Status of the answer; without it, the response's own.",
      }),
    ),
  },
  closed,
);

/** One zone: a site on this edge. */
export const zoneSchema = Type.Object(
  {
    hosts: Type.Array(Type.String({ minLength: 1 }), {
      minItems: 1,
      description: "Hosts of the zone; *.name is every host below it, * every host.",
    }),
    ...zonePoolsKeys,
    ssl: Type.Optional(sslSchema),
    hostHeader: Type.Optional(nameChoice("request", "Host field sent to the origin")),
    sni: Type.Optional(
      nameChoice(
        "origin",
        "Server name in the TLS handshake, where no hostHeader of its own says it",
      ),
    ),
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
    tls: Type.Optional(tlsSchema),
    certificateWarningDays: Type.Optional(
      Type.Number({
        minimum: 0,
        maximum: 3_650,
        default: 14,
        description:
          "Days before the end of an origin's certificate from which the log and verbose pages warn; 0 warns when it has ended.",
      }),
    ),
    http2: Type.Optional(
      Type.Boolean({
        default: false,
        description: "Offer HTTP/2 to the zone's https origins by ALPN.",
      }),
    ),
    h2c: Type.Optional(
      Type.Boolean({
        default: false,
        description: "Speak HTTP/2 to the zone's http origins, with prior knowledge.",
      }),
    ),
    buffer: Type.Optional(
      Type.Boolean({
        default: false,
        description:
          "Keep responses back until limits.bufferBytes have gathered, as an edge that buffers does; false passes every byte on at once.",
      }),
    ),
    fields: Type.Optional(fieldsSchema),
    errorPages: Type.Optional(errorPagesSchema),
    errorRules: Type.Optional(
      Type.Array(errorRuleSchema, {
        default: [],
        description: "Custom error rules; the first that matches a response's status counts.",
      }),
    ),
    originErrorPages: Type.Optional(
      Type.Union([Type.Literal("pass"), Type.Literal("replace")], {
        default: "pass",
        description:
          "What becomes of an origin's own 502 and 504: passed through, or the body replaced by a page of the edge (Cloudflare's default).",
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
