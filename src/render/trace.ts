// /cdn-cgi/trace: what the edge knows of a request, one `key=value` a line, in the CDN's order.

import { randomInt } from "node:crypto";
import type { Socket } from "node:net";
import { TLSSocket } from "node:tls";

import type { ExchangeContext } from "../exchange-context.ts";
import { isHttp2 } from "../listen/client-request.ts";
import { onOneLine, shorten } from "../plain-text.ts";
import { ownFields } from "./fields.ts";
import type { Page } from "./respond.ts";

/** No User-Agent is told of at greater length. */
const longestAgent = 1_024;

/** The country of nobody in particular, as CF-IPCountry has it. */
const unknownCountry = "XX";

/** A name for this gateway as long as it runs, of the form that the CDN gives its machines. */
export function newInstanceId(): string {
  return `${randomInt(1, 1000)}f${randomInt(1, 1000)}`;
}

/** The page for a request. */
export function tracePage(context: ExchangeContext, colo: string, instance: string): Page {
  const body = Buffer.from(linesOf(context, colo, instance));
  return {
    status: 200,
    reason: "OK",
    fields: ownFields(context.ray, "text/plain; charset=utf-8", body.length),
    body,
  };
}

function linesOf(context: ExchangeContext, colo: string, instance: string): string {
  const { req, host, clientAddress, scheme, zone } = context;
  const socket = isHttp2(req) ? req.stream.session?.socket : req.socket;
  const lines: readonly [key: string, value: string][] = [
    ["fl", instance],
    ["h", host],
    ["ip", clientAddress],
    ["ts", (Date.now() / 1000).toFixed(3)],
    ["visit_scheme", scheme],
    ["uag", shorten(req.headers["user-agent"] ?? "", longestAgent)],
    ["colo", colo],
    ["sliver", "none"],
    ["http", isHttp2(req) ? "http/2" : `http/${req.httpVersion}`],
    ["loc", zone?.config.fields.ipCountry ?? unknownCountry],
    ...tlsLines(socket),
  ];
  return lines.map(([key, value]) => `${key}=${onOneLine(value)}\n`).join("");
}

/** Those that TLS has a part in, with the three of products that there are none of here among them. */
function tlsLines(socket: Socket | undefined): [key: string, value: string][] {
  const secure = socket instanceof TLSSocket ? socket : null;
  // Node's types leave out that there is no name (false), and that a server is not told the key exchange (null).
  const name = secure?.servername as string | false | undefined;
  const exchange = secure?.getEphemeralKeyInfo() as { name?: string } | null | undefined;
  return [
    ["tls", secure?.getProtocol() ?? "off"],
    ["sni", name ? "plaintext" : "off"],
    ["warp", "off"],
    ["gateway", "off"],
    ["rbi", "off"],
    ["kex", secure === null ? "none" : (exchange?.name ?? "unknown")],
  ];
}
