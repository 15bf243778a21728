// The first step of the line: who asks, for which host, and whether the request has been here before.

import type { Socket } from "node:net";
import { TLSSocket } from "node:tls";

import { requestFailure } from "../classify/classify-request.ts";
import type { OriginFailure } from "../classify/origin-failure.ts";
import type { Network } from "../config/gateway-config.ts";
import { ExchangeContext } from "../exchange-context.ts";
import { type ClientRequest, isHttp2 } from "../listen/client-request.ts";
import type { ClientResponse } from "../listen/client-response.ts";
import { believeProxy } from "./believe-proxy.ts";
import { countLoops } from "./loops.ts";
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
  const hosts = measure(context, req);
  if (target.startsWith("/") || target === "*") context.target = target;
  else readAbsolute(context, target);
  context.host = hostOf(context.hostField);
  context.refusal ??=
    refusalOf(req, context.hostField, hosts) ?? targetRefusal(req, context.target);
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
  const [, authority, path = ""] = /^https?:\/\/([^/?#]+)(.*)/is.exec(target) ?? [];
  if (authority === undefined) {
    context.refusal = requestFailure(
      "bad_target",
      "the request target is no path and no URL of http or https",
    );
    return;
  }
  context.target = path.startsWith("/") ? path : `/${path}`;
  context.hostField = authority;
}

/** A name or address, with or without port; no user, no path, no white space. @see RFC 9110 §4.2.4, RFC 3986 §3.2.2 */
const hostSyntax = /^(?:\[[0-9a-f:.]+\]|[a-z0-9._~!$&'()*+,;=%\x80-\xff-]*)(?::\d*)?$/i;

/** Bytes that a field counts besides its name and value. @see RFC 9112 §5: colon, space, line end; RFC 9113 §6.5.2 */
const fieldOverhead = { http1: 4, http2: 32 };

/** One pass over the fields: how much they are, and how many of them are a Host. */
function measure(context: ExchangeContext, req: ClientRequest): number {
  const overhead = isHttp2(req) ? fieldOverhead.http2 : fieldOverhead.http1;
  const { rawHeaders } = req;
  let hosts = 0;
  let bytes = 0;
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] ?? "";
    bytes += name.length + (rawHeaders[index + 1] ?? "").length + overhead;
    if (name.length === 4 && name.toLowerCase() === "host") hosts += 1;
  }
  context.fieldBytes = bytes;
  return hosts;
}

/** What RFC 9112 has a server refuse: §3.2 on Host, §6.1 on codings that it does not know, and on any in HTTP/1.0. */
function refusalOf(req: ClientRequest, hostField: string, hosts: number): OriginFailure | null {
  const { host, "transfer-encoding": coding } = req.headers;
  if (!isHttp2(req) && req.httpVersion !== "1.1" && req.httpVersion !== "1.0")
    return requestFailure("malformed", "the version of HTTP is none that is spoken here");
  if (host === undefined && req.httpVersion === "1.1")
    return requestFailure("bad_host", "there is no Host field");
  if (hostField === "" && isHttp2(req))
    return requestFailure("bad_host", "there is neither :authority nor Host");
  if (hosts > 1) return requestFailure("bad_host", "there are several Host fields");
  if (!hostSyntax.test(hostField))
    return requestFailure("bad_host", "the Host field holds no host");
  if (coding === undefined) return null;
  if (req.httpVersion === "1.0")
    return requestFailure("bad_framing", "HTTP/1.0 has no Transfer-Encoding");
  return coding.toLowerCase() === "chunked"
    ? null
    : requestFailure("unknown_coding", "Transfer-Encoding is not chunked alone");
}

/** `*` is the server as a whole, which has nothing but options; a path is refused as the CDN does if its encoding is broken. */
function targetRefusal(req: ClientRequest, target: string): OriginFailure | null {
  if (target === "*")
    return req.method === "OPTIONS"
      ? null
      : requestFailure("bad_target", "the target * is for OPTIONS alone");
  // HTTP/1.1's parser lets none through; HTTP/2's does, and an origin would get them raw. @see RFC 3986 §2
  if (isHttp2(req) && /[^\x21-\x7e]/.test(target))
    return requestFailure("bad_target", "the path has characters that a URL must encode");
  if (target.includes("#"))
    return requestFailure("bad_target", "the request target has a fragment, which none may have");
  if (!target.includes("%")) return null;
  const [path = ""] = target.split("?", 1);
  return /%(?![0-9a-f]{2})/i.test(path)
    ? requestFailure("bad_target", "the path has a % without two hexadecimal digits behind it")
    : null;
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
function clientAddressOf(socket: Socket): string {
  const { remoteAddress = "" } = socket;
  return remoteAddress.startsWith("::ffff:")
    ? remoteAddress.slice("::ffff:".length)
    : remoteAddress;
}
