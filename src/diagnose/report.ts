// The shape of a diagnosis: what `edgecase diagnose --json` prints. Texts from the wire are on one line, without control characters.

import { type Static, type TSchema, Type } from "@sinclair/typebox";

import { failureTypes } from "../../edge-codes/index.ts";
import { integer, nullable, oneOf, text } from "../admin/schemas.ts";
import { closed } from "../config/schema-parts.ts";
import { sslModes } from "../config/ssl-modes.ts";

const object = <T extends Parameters<typeof Type.Object>[0]>(properties: T) =>
  Type.Object(properties, closed);
const orNull = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()]);
const ms = (what: string) => nullable(Type.Number({ description: `Milliseconds ${what}.` }));
const state = oneOf(
  ["ok", "failed", "unreached", "skipped"],
  "skipped: the way does not lead through this layer.",
);
const scheme = (description: string) => oneOf(["http", "https"], description);
const ssl = oneOf(Object.keys(sslModes), "The SSL mode.");

/** A failure in short. */
const failureSchema = object({
  type: oneOf(Object.keys(failureTypes), "The failure's type."),
  reason: nullable(text("Its reason.")),
  detail: text("The cause in a sentence."),
});
const failureOrNull = orNull(failureSchema);
const layerOrNull = orNull(
  oneOf(["dns", "tcp", "tls", "http"], "Where it stops; null if nowhere."),
);

const dnsSchema = object({
  state,
  ms: ms("that the lookup took"),
  name: nullable(text("The name that was looked up; null for an address or a socket.")),
  resolvers: Type.Array(Type.String(), { description: "Who was asked, address and port." }),
  source: orNull(oneOf(["literal", "hosts", "localhost", "dns"], "Where the addresses come from.")),
  addresses: Type.Array(Type.String(), { description: "In the order in which they are tried." }),
  records: Type.Array(
    object({
      type: oneOf(["A", "AAAA", "CNAME"], "The record's type."),
      name: Type.String(),
      value: Type.String(),
      ttl: integer("Seconds for which it may be remembered."),
    }),
    { description: "As the first resolver gives them when it is asked directly." },
  ),
  questions: Type.Array(
    object({
      type: oneOf(["A", "AAAA"], "What was asked for."),
      answer: text("NOERROR, NXDOMAIN …, or why there was none."),
      ms: Type.Number(),
    }),
  ),
  system: orNull(
    object({
      addresses: Type.Array(Type.String()),
      error: nullable(text("getaddrinfo's code.")),
      ms: Type.Number(),
      isSame: Type.Boolean({ description: "It gives the addresses that the gateway goes by." }),
    }),
  ),
});

const tcpSchema = object({
  state,
  ms: ms("until a connection stood"),
  connectedTo: nullable(text("Address and port, or the socket's path.")),
  addresses: Type.Array(
    object({
      address: text("An address, or the path of a Unix socket."),
      port: nullable(integer("The port; null for a Unix socket.")),
      ms: Type.Number(),
      failure: failureOrNull,
    }),
    { description: "Each of them, connected to by itself." },
  ),
});

const tlsSchema = object({
  state,
  ms: ms("that the handshake took"),
  serverName: nullable(text("The name sent in the handshake; null for none.")),
  version: nullable(text("The version agreed on.")),
  cipher: nullable(text("The cipher agreed on.")),
  alpn: nullable(text("What the origin chose of HTTP/2 and HTTP/1.1, as far as offered.")),
  alert: nullable(text("The alert that the origin sent.")),
  probes: orNull(
    object({
      versions: Type.Array(
        object({
          version: text("As Node names it."),
          ciphers: Type.Array(Type.String(), {
            description: "In the order of the origin's choice.",
          }),
          isWhole: Type.Boolean({ description: "There was time to find every cipher." }),
          refusal: nullable(text("Type and reason of the failure; null where it is spoken.")),
        }),
      ),
      isHttp2: nullable(Type.Boolean({ description: "It chooses HTTP/2 where that is offered." })),
      withoutServerName: orNull(
        oneOf(
          ["same_certificate", "other_certificate", "refused"],
          "What comes of a handshake without a server name; null where none is sent anyway.",
        ),
      ),
      isClientCertificateAsked: nullable(Type.Boolean()),
    }),
  ),
  certificate: orNull(
    object({
      names: Type.Array(Type.String(), { description: "That it is good for." }),
      wanted: Type.Array(Type.String(), { description: "Of which it must bear one." }),
      key: Type.String(),
      chain: Type.Array(
        object({
          subject: Type.String(),
          issuer: Type.String(),
          validFrom: Type.String(),
          validTo: Type.String(),
          daysLeft: nullable(integer("Days until it ends; negative if it has ended.")),
        }),
        { description: "From the leaf upwards, as far as it could be followed." },
      ),
      missing: nullable(text("The issuer that the origin should have sent.")),
      fault: nullable(text("What is wrong with it.")),
    }),
  ),
});

const httpSchema = object({
  state,
  ms: ms("from the request to the response's head"),
  version: nullable(text("As the response's head has it.")),
  status: nullable(integer("The origin's own.")),
  reason: nullable(text("The reason phrase.")),
  fields: nullable(integer("How many fields the head has, without those of the connection.")),
  headerBytes: nullable(integer("Bytes of the header section.")),
  headerLimit: integer("Bytes that a header section may have."),
  framing: nullable(text("How the content's end is told.")),
  contentCoding: nullable(text("The content's coding.")),
  contentBytes: nullable(integer("Bytes of content that were read.")),
  isWhole: nullable(Type.Boolean({ description: "The content was read to its end." })),
  server: nullable(text("The Server field.")),
  location: nullable(text("The Location field.")),
  keepAlive: oneOf(
    ["answered", "closed", "failed", "not_tried"],
    "What became of a second request over the same connection.",
  ),
});

const codeSchema = object({
  ssl,
  client: scheme("How the client comes."),
  way: oneOf(["plain", "verified", "unverified"], "How the origin is connected to."),
  failure: nullable(text("The failure's type; null if the origin's response is passed on.")),
  reason: nullable(text("Its reason.")),
  status: nullable(integer("The origin's own status; null without one.")),
  codes: Type.Record(Type.String(), Type.Integer(), {
    description: "The code in each profile; empty without a failure.",
  }),
});

const verdictSchema = object({
  layer: layerOrNull,
  exitCode: integer("The command's exit code."),
  failure: failureOrNull,
  isAfterHead: Type.Boolean({
    description:
      "The response's head had come: where it has been passed on, the client gets no code, but a response that is cut off.",
  }),
  title: text("The verdict in words."),
  whatHappened: nullable(Type.String()),
  likelyCauses: Type.Array(Type.String()),
  howToCheck: Type.Array(
    Type.Object({ text: Type.String(), command: Type.Optional(Type.String()) }, closed),
  ),
  howToFix: Type.Array(Type.String()),
  codes: Type.Array(codeSchema, { description: "For each SSL mode, and clients on each scheme." }),
});

/** A whole diagnosis. */
export const diagnosisSchema = Type.Object(
  {
    edgecase: text("The version of Edgecase."),
    url: text("As it was named."),
    host: text("The Host field of the request."),
    path: text("Path and query of the request."),
    ssl,
    client: scheme("The client's scheme that the verdict is for."),
    timeoutMs: integer("Milliseconds for each step."),
    totalMs: Type.Number(),
    dns: dnsSchema,
    tcp: tcpSchema,
    tls: tlsSchema,
    http: httpSchema,
    addresses: Type.Array(
      object({
        address: Type.String(),
        layer: layerOrNull,
        failure: failureOrNull,
        status: nullable(integer("The origin's own.")),
        ms: Type.Number(),
      }),
      { description: "The whole way over each address; empty unless asked for." },
    ),
    verdict: verdictSchema,
  },
  { ...closed, title: "Diagnosis" },
);

export type Diagnosis = Static<typeof diagnosisSchema>;
export type DnsReport = Static<typeof dnsSchema>;
export type TcpReport = Static<typeof tcpSchema>;
export type TlsReport = Static<typeof tlsSchema>;
export type HttpReport = Static<typeof httpSchema>;
export type VerdictReport = Static<typeof verdictSchema>;
export type FailureReport = Static<typeof failureSchema>;
