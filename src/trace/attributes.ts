// What spans say: OpenTelemetry's stable conventions for HTTP where they have a word, `edgecase.` where they have none.

import type { Attributes } from "@opentelemetry/api";

import type { OriginFailure } from "../classify/origin-failure.ts";
import type { Target } from "../connect/target.ts";
import type { OriginLane } from "../exchange/origin-lane.ts";
import type { ExchangeContext } from "../exchange-context.ts";
import { onOneLine } from "../plain-text.ts";
import { clientLeft } from "../record/statuses.ts";

/** Methods that have a name; every other one is `_OTHER`. @see RFC 9110 §9, RFC 5789 */
const knownMethods: ReadonlySet<string> = new Set([
  "CONNECT", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "TRACE",
]); // prettier-ignore

/** No text from the wire is longer. */
const longestText = 2_048;

/** Of a request that could not be read, Node knows none. */
type Method = string | null | undefined;

/** How a span ended; `type` is empty where nothing went wrong. */
export interface Outcome {
  readonly type: string;
  /** The span's status is Error. */
  readonly isError: boolean;
  /** In a sentence; empty where type and status say it all. */
  readonly detail: string;
}

/** Nothing went wrong. */
export const good: Outcome = { type: "", isError: false, detail: "" };

/** The server span's name: of low cardinality, so without path. @see semantic conventions, "HTTP spans", Name */
export function serverName({ req, zone }: ExchangeContext): string {
  const method = methodOf(req.method);
  const name = method === "_OTHER" ? "HTTP" : method;
  return zone === null ? name : `${name} ${zone.name}`;
}

/** What is known of a request when it comes, and what samplers may go by. The query is not told. */
export function requestAttributes(context: ExchangeContext): Attributes {
  const { req, zone, ray, host, hostField, scheme, clientAddress, peerAddress } = context;
  const userAgent = req.headers["user-agent"];
  return {
    ...methodAttributes(req.method),
    "url.scheme": scheme,
    "url.path": pathOf(context.target),
    "server.address": text(host),
    "server.port": portOf(hostField) ?? (scheme === "https" ? 443 : 80),
    "client.address": clientAddress,
    "network.peer.address": peerAddress,
    ...(req.httpVersion !== null && { "network.protocol.version": versionOf(req.httpVersion) }),
    ...(userAgent !== undefined && { "user_agent.original": text(userAgent) }),
    "edgecase.ray": ray,
    ...(zone !== null && { "edgecase.zone": zone.name }),
  };
}

/** What is known of it when it has ended. */
export function resultAttributes(context: ExchangeContext): Attributes {
  const { res, status, failure, code, origin, originStatus, retries, injected } = context;
  const isSent = status !== clientLeft || res.headersSent;
  return {
    ...(isSent && { "http.response.status_code": status === clientLeft ? res.statusCode : status }),
    ...(origin !== "" && { "edgecase.origin": origin }),
    ...(originStatus > 0 && { "edgecase.origin_status": originStatus }),
    ...(retries > 0 && { "edgecase.retries": retries }),
    ...(code !== null && { "edgecase.code": code.code }),
    ...(failure !== null && failureAttributes(failure)),
    ...(injected !== null && { "edgecase.injected": injected.name }),
  };
}

/** How a request ended. Only 5xx, and what broke off, are errors of a server. @see semantic conventions, "HTTP spans", Status */
export function outcomeOf({ failure, status }: ExchangeContext): Outcome {
  if (failure !== null) return failed(failure, failure.responseStarted || status >= 500);
  if (status === clientLeft) return { type: "client_left", isError: true, detail: "" };
  return status >= 500 ? { type: String(status), isError: true, detail: "" } : good;
}

/** How a step towards the origin, or the exchange with it, ended. */
export function failed(failure: OriginFailure, isError = true): Outcome {
  return { type: failure.type, isError, detail: text(failure.detail) };
}

/** How a response was, for whoever asked for it. @see semantic conventions, "HTTP spans", Status */
export function statusOutcome(status: number): Outcome {
  return status >= 400 ? { type: String(status), isError: true, detail: "" } : good;
}

/** Reason and step of a failure, whose type is `error.type`. */
export function failureAttributes({ reason, phase, responseStarted }: OriginFailure): Attributes {
  return {
    ...(reason !== null && { "edgecase.reason": reason }),
    "edgecase.phase": phase,
    ...(responseStarted && { "edgecase.late": true }),
  };
}

/** What is known of a request when it leaves for an origin. */
export function exchangeAttributes(
  { req, target, originIp, hostField, retries }: ExchangeContext,
  { label, host, port, tls, socketPath }: Target,
  { wire, requests }: OriginLane,
): Attributes {
  const scheme = tls === null ? "http" : "https";
  const name = host.includes(":") ? `[${host}]` : host;
  const authority = socketPath === null ? `${name}:${port}` : hostField;
  const peerPort = socketPath === null ? portOf(originIp) : null;
  return {
    ...methodAttributes(req.method),
    "url.full": text(`${scheme}://${authority}${pathOf(target)}`),
    "server.address": socketPath ?? host,
    ...(socketPath === null && { "server.port": port }),
    "network.peer.address": socketPath ?? originIp.replace(/:\d+$/, "").replace(/^\[|\]$/g, ""),
    ...(peerPort !== null && { "network.peer.port": peerPort }),
    "network.protocol.version": wire.isHttp2 ? "2" : "1.1",
    ...(retries > 0 && { "http.request.resend_count": retries }),
    "edgecase.origin": label,
    "edgecase.reused": requests > 0,
  };
}

function methodAttributes(method: Method): Attributes {
  const known = methodOf(method);
  return {
    "http.request.method": known,
    ...(method && known !== method && { "http.request.method_original": text(method) }),
  };
}

function methodOf(method: Method): string {
  return method && knownMethods.has(method) ? method : "_OTHER";
}

function pathOf(target: string): string {
  const question = target.indexOf("?");
  return text(question < 0 ? target : target.slice(0, question));
}

/** HTTP/2 has no minor version. */
function versionOf(version: string): string {
  return version === "2.0" ? "2" : version;
}

/** The port at the end of an authority; null where there is none. */
function portOf(authority: string): number | null {
  const [, port] = /:(\d{1,5})$/.exec(authority) ?? [];
  return port === undefined ? null : Number(port);
}

function text(value: string): string {
  return onOneLine(value.slice(0, longestText));
}
