// The settings that the gateway has and each zone may have for itself: errors, timeouts, limits, resolvers.
// Sources of the defaults: Cloudflare docs, "Connection limits".

import { Type } from "@sinclair/typebox";

import { bytes, milliseconds, nullableString, partial } from "./schema-parts.ts";

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
  tunnelIdleMs: milliseconds(
    100_000,
    "Milliseconds for which an upgraded connection (WebSocket) may carry no byte either way (Cloudflare publishes none).",
  ),
  clientHeadMs: milliseconds(
    60_000,
    "Milliseconds in which the whole head of a client's request has to come, from its first byte, or from connecting (Cloudflare publishes none; nginx: 60 s).",
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
  urlBytes: bytes(
    32_768,
    "Bytes of a request target; a longer one is answered 414 (Cloudflare: 32 KB).",
  ),
  bodyBytes: bytes(
    104_857_600,
    "Bytes of a request body; a larger one is answered 413 (Cloudflare Free: 100 MB).",
  ),
  bufferBytes: bytes(65_536, "Bytes that a zone with `buffer` gathers before it passes them on."),
  replayBytes: Type.Integer({
    minimum: 0,
    default: 65_536,
    description:
      "Bytes of a request body that are kept while they are sent, so that they can be sent again when the origin fails; 0 keeps none.",
  }),
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
