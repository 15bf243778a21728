// The first step of the line: who asks, for which host, and whether the request has been here before.

import type { IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";

import { ExchangeContext } from "../exchange-context.ts";
import { cdnName } from "./loops.ts";

/** Starts the story of a request. */
export function identify(req: IncomingMessage, res: ServerResponse, ray: string): ExchangeContext {
  const context = new ExchangeContext(req, res, ray);
  context.clientAddress = clientAddressOf(req.socket);
  const target = originalTarget(req);
  if (target.startsWith("/") || target === "*") {
    context.target = target;
    context.host = hostOf(req.headers.host ?? "");
  } else {
    readAbsolute(context, target);
  }
  const loop = req.headers["cdn-loop"];
  if (loop !== undefined) context.loops = countLoops(String(loop));
  return context;
}

/** The request target as the client sent it; Fastify keeps it where a rewritten one has taken its place. */
function originalTarget(req: IncomingMessage & { originalUrl?: string }): string {
  return req.originalUrl ?? req.url ?? "/";
}

/** RFC 9112 §3.2.2: the host of an absolute target counts, whatever the Host field says. */
function readAbsolute(context: ExchangeContext, target: string): void {
  const [, authority = "", path = ""] = /^https?:\/\/([^/?#]*)([^#]*)/i.exec(target) ?? [];
  context.target = path.startsWith("/") ? path : `/${path}`;
  context.host = hostOf(authority === "" ? (context.req.headers.host ?? "") : authority);
}

/** The host of a Host field: lower case, without port and without a trailing dot. */
export function hostOf(field: string): string {
  const host = field.toLowerCase();
  if (host.startsWith("[")) return host.slice(0, host.indexOf("]") + 1);
  const colon = host.indexOf(":");
  const name = colon < 0 ? host : host.slice(0, colon);
  return name.endsWith(".") ? name.slice(0, -1) : name;
}

/** The client's address. An IPv4 client on a socket that listens for both families loses the IPv6 before it. */
export function clientAddressOf(socket: Socket): string {
  const { remoteAddress = "" } = socket;
  return remoteAddress.startsWith("::ffff:")
    ? remoteAddress.slice("::ffff:".length)
    : remoteAddress;
}

/** How many members of CDN-Loop are this CDN's. @see RFC 8586 §2 */
function countLoops(field: string): number {
  return field
    .split(",")
    .filter((member) => member.trim().split(/[;\s]/, 1)[0]?.toLowerCase() === cdnName).length;
}
