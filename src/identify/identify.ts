// The first step of the line: who asks, for which host, and whether the request has been here before.

import type { Socket } from "node:net";
import { TLSSocket } from "node:tls";

import type { Network } from "../config/gateway-config.ts";
import { ExchangeContext } from "../exchange-context.ts";
import { type ClientRequest, isHttp2 } from "../listen/client-request.ts";
import type { ClientResponse } from "../listen/client-response.ts";
import { believeProxy } from "./believe-proxy.ts";
import { cdnName } from "./loops.ts";
import { rawFieldsOf } from "./raw-fields.ts";

/** Starts the story of a request. `proxies` are the networks whose word about the client is taken. */
export function identify(
  req: ClientRequest,
  res: ClientResponse,
  ray: string,
  proxies: readonly Network[],
): ExchangeContext {
  const context = new ExchangeContext(req, res, ray);
  const socket = isHttp2(req) ? req.stream.session?.socket : req.socket;
  context.peerAddress = socket === undefined ? "" : clientAddressOf(socket);
  context.clientAddress = context.peerAddress;
  context.scheme = socket instanceof TLSSocket ? "https" : "http";
  if (proxies.length > 0) believeProxy(context, proxies);
  context.rawFields = rawFieldsOf(req);
  const target = originalTarget(req);
  context.hostField = hostFieldOf(req);
  if (target.startsWith("/") || target === "*") context.target = target;
  else readAbsolute(context, target);
  context.host = hostOf(context.hostField);
  context.refusal ||= refusalOf(req, context.hostField);
  const loop = req.headers["cdn-loop"];
  if (loop !== undefined) context.loops = countLoops(String(loop));
  return context;
}

/** The request target as the client sent it; Fastify keeps it where a rewritten one has taken its place. */
function originalTarget(req: ClientRequest & { originalUrl?: string }): string {
  return req.originalUrl ?? req.url ?? "/";
}

/** RFC 9113 §8.3.1: `:authority` stands for Host, and wins over one. */
function hostFieldOf(req: ClientRequest): string {
  return (isHttp2(req) ? req.authority : undefined) || (req.headers.host ?? "");
}

/** RFC 9112 §3.2.2: the authority of an absolute target counts, whatever the Host field says. */
function readAbsolute(context: ExchangeContext, target: string): void {
  const [, authority, path = ""] = /^https?:\/\/([^/?#]+)([^#]*)/i.exec(target) ?? [];
  if (authority === undefined) {
    context.refusal = 400;
    return;
  }
  context.target = path.startsWith("/") ? path : `/${path}`;
  context.hostField = authority;
}

/** A name or address, with or without port; no user, no path, no white space. @see RFC 9110 §4.2.4, RFC 3986 §3.2.2 */
const hostSyntax = /^(?:\[[0-9a-f:.]+\]|[a-z0-9._~!$&'()*+,;=%\x80-\xff-]*)(?::\d*)?$/i;

/** The status for what RFC 9112 has a server refuse: §3.2 on Host, §6.1 on codings that it does not know. Else 0. */
function refusalOf(req: ClientRequest, hostField: string): number {
  const { host, "transfer-encoding": coding } = req.headers;
  if (host === undefined && req.httpVersion === "1.1") return 400;
  if (hostField === "" && isHttp2(req)) return 400;
  if (!hostSyntax.test(hostField) || hasSeveralHosts(req.rawHeaders)) return 400;
  return coding !== undefined && coding.toLowerCase() !== "chunked" ? 501 : 0;
}

function hasSeveralHosts(rawHeaders: readonly string[]): boolean {
  let count = 0;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index];
    if (name?.length === 4 && name.toLowerCase() === "host") count += 1;
  }
  return count > 1;
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
