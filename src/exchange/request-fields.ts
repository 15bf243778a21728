// The request's fields, as the origin gets them: the client's own, without what ends at this hop, and with ours.

import type { ExchangeContext } from "../exchange-context.ts";
import { cdnName } from "../identify/loops.ts";
import { revealField } from "../identify/insider.ts";
import { withoutCookie } from "../pick/cookie-field.ts";
import type { Zone } from "../zone.ts";
import { normalCodings } from "./normal-codings.ts";

/** Fields that belong to one connection (RFC 9110 §7.6.1), that are written with the message, or that we say better. */
const dropped: ReadonlySet<string> = new Set([
  "connection",
  "keep-alive",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
  "expect", // Answered by the edge, once the origin is connected (RFC 9110 §10.1.1).
  "host",
  "content-length",
  // What the edge says of the client is the edge's to say: an origin believes it.
  "cf-ray",
  "cf-connecting-ip",
  "cf-connecting-ipv6",
  "cf-pseudo-ipv4",
  "cf-ipcountry",
  "cf-worker",
  "true-client-ip",
  "x-real-ip",
  "cf-visitor",
  "cdn-loop",
  "x-forwarded-for",
  "x-forwarded-proto",
  revealField,
]);

/** Whether a request's field is not passed on. Origins of the CGI kind know no difference between `-` and `_`. */
export function isEdges(lower: string): boolean {
  return dropped.has(lower) || (lower.includes("_") && dropped.has(lower.replaceAll("_", "-")));
}

/** Says that the client takes trailers. @see RFC 9110 §10.1.4 */
const takesTrailers = /(?:^|,)[\t ]*trailers[\t ]*(?:;|,|$)/i;

/** A flat list of names and values. `host` is the Host field to send, `zone` what the zone says of fields. */
export function requestFields(
  context: ExchangeContext,
  host: string,
  { config: { fields: settings }, attempts: { ownCookie } }: Zone,
  isHttp2: boolean,
): string[] {
  const { rawFields, req } = context;
  const traced = context.trace?.forwarded ?? null;
  const { headers } = req;
  const named = connectionNamed(headers.connection);
  const fields = ["host", host];
  const isNormalized = settings.acceptEncoding === "normalized";
  for (let index = 0; index + 1 < rawFields.length; index += 2) {
    const name = rawFields[index] ?? "";
    const lower = name.toLowerCase();
    if (isEdges(lower) || named?.has(lower) || traced?.has(lower)) continue;
    if (isNormalized && lower === "accept-encoding") continue;
    const value = rawFields[index + 1] ?? "";
    // A cookie of the edge's own ends here; see docs/session-affinity.md.
    const left = lower === "cookie" && ownCookie !== null ? withoutCookie(value, ownCookie) : value;
    if (left !== "" || value === "") fields.push(name, left);
  }
  const length = headers["content-length"];
  if (length !== undefined && length !== "0" && headers["transfer-encoding"] === undefined)
    fields.push("content-length", length);
  // Of no connection in HTTP/2, where gRPC servers insist on it. @see RFC 9113 §8.2.2
  if (isHttp2 && takesTrailers.test(String(headers["te"]))) fields.push("te", "trailers");

  const forwarded = headers["x-forwarded-for"];
  const loop = headers["cdn-loop"];
  fields.push(
    "CF-Ray", context.ray,
    "CF-Connecting-IP", context.clientAddress,
    "CF-Visitor", `{"scheme":"${context.scheme}"}`,
    "X-Forwarded-For", forwarded === undefined ? context.peerAddress : `${String(forwarded)}, ${context.peerAddress}`,
    "X-Forwarded-Proto", context.scheme,
    "CDN-Loop", `${loop === undefined ? "" : `${String(loop)}, `}${cdnName}`,
  ); // prettier-ignore
  for (const [name, value] of traced ?? []) if (value !== "") fields.push(name, value);
  if (settings.ipCountry !== null) fields.push("CF-IPCountry", settings.ipCountry);
  if (settings.trueClientIp) fields.push("True-Client-IP", context.clientAddress);
  if (isNormalized) fields.push("Accept-Encoding", normalCodings(headers["accept-encoding"]));
  return fields;
}

/** The fields that a Connection field names; null if there are none besides the usual options. */
export function connectionNamed(connection: string | undefined): ReadonlySet<string> | null {
  if (connection === undefined || connection === "keep-alive" || connection === "close")
    return null;
  return new Set(connection.split(",").map((name) => name.trim().toLowerCase()));
}
