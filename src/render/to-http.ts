// The answer of a zone that has no HTTPS (`ssl: off`) to a client that came by it: the same URL over HTTP.

import type { ExchangeContext } from "../exchange-context.ts";
import { hasBody } from "../identify/has-body.ts";
import { linger } from "../listen/linger.ts";

/** Sends the client to the gateway's HTTP port. @see Cloudflare docs, SSL/TLS encryption modes, Off */
export function redirectToHttp(context: ExchangeContext, port: number): void {
  const { req, res, host, target, ray, zone } = context;
  const name = visible(host) || "localhost"; // HTTP/1.0 need not say which host it means.
  const authority = port === 80 ? name : `${name}:${port}`;
  const server = zone?.config.fields.server ?? null;
  res.sendHead(301, "Moved Permanently", [
    "location", `http://${authority}${visible(target)}`,
    "content-length", "0",
    "cache-control", "no-store",
    "cf-ray", ray,
    ...(server === null ? [] : ["server", server]),
    ...(hasBody(req) ? ["connection", "close"] : []),
  ]); // prettier-ignore
  linger(context);
}

/** A URL holds visible ASCII alone; what was asked for may have come with more. */
function visible(text: string): string {
  return text.replaceAll(
    /[^\x21-\x7e]/g,
    (byte) => `%${byte.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`,
  );
}
