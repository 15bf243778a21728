// The peers in Node. Each is a program of its own beside this file; what they are told is the same.

import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

import type { Peer, PeerKind } from "../compare/peer.ts";

/** A row: the program's file, and the package whose version counts. */
interface NodePeer {
  readonly name: string;
  readonly package: string;
  readonly kind: PeerKind;
  readonly config: string;
}

const rows: readonly NodePeer[] = [
  {
    name: "http-proxy-3",
    package: "http-proxy-3",
    kind: "node",
    config: "an agent that keeps connections",
  },
  { name: "httpxy", package: "httpxy", kind: "node", config: "defaults" },
  { name: "fast-proxy", package: "fast-proxy", kind: "node", config: "defaults" },
  {
    name: "fastify-http-proxy",
    package: "@fastify/http-proxy",
    kind: "fastify",
    config: "defaults, no log; `rejectUnauthorized: true`",
  },
  {
    name: "reply-from",
    package: "@fastify/reply-from",
    kind: "fastify",
    config: "defaults, no log; `rejectUnauthorized: true`",
  },
  {
    name: "reply-from-observed",
    package: "@fastify/reply-from",
    kind: "observed",
    config: "`logger: true`; prom-client with a counter, a histogram and the process' metrics",
  },
];

export const nodePeers: readonly Peer[] = rows.map(({ package: packageName, ...row }) => ({
  ...row,
  version: () => versionOf(packageName),
  cannot: ({ http2 }) =>
    http2 && row.kind === "node" ? "takes HTTP/1.1 from clients and no HTTP/2" : null,
  launch: (setup) => ({
    program: process.execPath,
    args: [
      fileURLToPath(new URL(`${row.name}.mjs`, import.meta.url)),
      JSON.stringify({ ...setup, records: undefined }),
    ],
  }),
}));

/** The version of a package that is installed here; null where it is not. */
function versionOf(packageName: string): string | null {
  try {
    const file = new URL(`../../node_modules/${packageName}/package.json`, import.meta.url);
    return (JSON.parse(readFileSync(file, "utf8")) as { version: string }).version;
  } catch {
    return null;
  }
}
