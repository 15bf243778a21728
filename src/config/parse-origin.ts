// An origin as people write it: a URL, `host[:port]`, or `unix:/path`.

import { isIPv6 } from "node:net";

import type { Scheme } from "./ssl-modes.ts";

/** Where an origin is; `isTls` says whether the gateway speaks TLS to it. */
export interface ParsedOrigin {
  readonly host: string;
  readonly port: number;
  readonly socketPath: string | null;
  readonly isTls: boolean;
}

/**
 * Parses one origin, or says which rule it breaks.
 *
 * An origin with a scheme keeps it. `host[:port]` alone takes `assumed`, and the port 80 or 443 if it has none.
 */
export function parseOrigin(
  written: string,
  assumed: Scheme,
): ParsedOrigin | { readonly rule: string } {
  const unix = /^unix:(?:\/\/)?(\/.+)$/.exec(written);
  if (unix) return { host: "", port: 0, socketPath: unix[1] ?? "", isTls: false };
  if (written.startsWith("unix:")) return { rule: "must have an absolute path after unix:" };

  const hasScheme = written.includes("://");
  const url = toUrl(
    hasScheme ? written : `${assumed}://${isIPv6(written) ? `[${written}]` : written}`,
  );
  if (url === null) return { rule: "must be a URL, host[:port], or unix:/path" };
  if (url.protocol !== "http:" && url.protocol !== "https:")
    return { rule: "must have the scheme http or https" };
  if (url.pathname !== "/" || url.search !== "" || url.hash !== "")
    return { rule: "must have no path, query or fragment" };
  if (url.username !== "" || url.password !== "") return { rule: "must have no user or password" };
  if (url.port === "0") return { rule: "must have a port other than 0" };

  const isTls = url.protocol === "https:";
  return {
    host: url.hostname.replace(/^\[|\]$/g, ""),
    port: url.port === "" ? (isTls ? 443 : 80) : Number(url.port),
    socketPath: null,
    isTls,
  };
}

function toUrl(text: string): URL | null {
  try {
    return new URL(text);
  } catch {
    return null;
  }
}
