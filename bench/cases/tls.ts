// TLS on either side.

import type { Case } from "../compare/case.ts";
import { everybody, peers } from "./everybody.ts";

export const tls: readonly Case[] = [
  {
    name: "tls-edge",
    what: "GET of 1 KB over 64 kept connections, HTTP/1.1 over TLS at the edge.",
    load: { connections: 64, path: "/1k" },
    origin: "http",
    setup: { tls: true },
    contestants: everybody,
  },
  {
    name: "http2-edge",
    what: "GET of 1 KB over 8 HTTP/2 connections with 8 streams each, over TLS at the edge.",
    load: { connections: 8, streams: 8, path: "/1k" },
    origin: "http",
    setup: { tls: true, http2: true },
    contestants: peers(
      "nginx",
      "haproxy",
      "edgecase",
      "fastify-http-proxy",
      "reply-from",
      "reply-from-observed",
    ),
  },
  {
    name: "tls-origin",
    what: "GET of 1 KB over 64 kept connections; the origin has TLS, and its certificate is verified.",
    load: { connections: 64, path: "/1k" },
    origin: "https",
    contestants: everybody,
  },
];
