// The head of a 101, as the client gets it.

import { validateHeaderValue } from "node:http";

import { ExchangeError } from "../classify/exchange-error.ts";
import { setsCookie } from "../pick/cookie-field.ts";

/** Fields of this hop, which are said anew, and the ray id, which is ours to give. */
const dropped: ReadonlySet<string> = new Set([
  "connection",
  "upgrade",
  "keep-alive",
  "proxy-connection",
  "transfer-encoding",
  "content-length", // RFC 9110 §8.6: not in a 1xx.
  "cf-ray",
]);

/** What there is to know beside the origin's fields. */
export interface UpgradeContext {
  /** The protocols that the client named. */
  readonly asked: string;
  readonly ray: string;
  /** The cookie that is the edge's to set, not the origin's; null for none. */
  readonly ownCookie: string | null;
}

/**
 * Builds the head from the origin's, without the empty line at its end, or says why it will not do. The origin must name a
 * protocol that was asked for. `rawFields` are names and values in turn. @see RFC 9110 §7.8, §15.2.2
 */
export function upgradeHead(
  rawFields: readonly string[],
  { asked, ray, ownCookie }: UpgradeContext,
): string | ExchangeError {
  let head = "";
  let chosen = "";
  for (let index = 0; index + 1 < rawFields.length; index += 2) {
    const name = rawFields[index] ?? "";
    const value = rawFields[index + 1] ?? "";
    const lower = name.toLowerCase();
    if (lower === "upgrade") chosen = value.trim();
    if (dropped.has(lower)) continue;
    if (ownCookie !== null && lower === "set-cookie" && setsCookie(value, ownCookie)) continue;
    try {
      validateHeaderValue(name, value);
    } catch {
      return new ExchangeError("BAD_FIELD", `the field ${name} cannot be sent on`);
    }
    head += `${name}: ${value}\r\n`;
  }
  if (!isOneOf(chosen, asked)) {
    return new ExchangeError(
      "BAD_UPGRADE",
      `the origin switched to "${chosen}", where "${asked}" was asked for`,
    );
  }
  return `HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: ${chosen}\r\n${head}cf-ray: ${ray}\r\n`;
}

/** Names of protocols do not depend on case; a version is a part of the name. */
function isOneOf(chosen: string, asked: string): boolean {
  const wanted = chosen.toLowerCase();
  return asked.split(",").some((protocol) => protocol.trim().toLowerCase() === wanted);
}
