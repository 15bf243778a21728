// Where the response to a check leads, for monitors that follow redirects.

import { parseOrigin } from "../config/parse-origin.ts";
import { authorityOf, type Target, type TlsTarget } from "../connect/target.ts";
import type { Asked } from "../exchange/asking.ts";

/** What is asked next. */
export interface Redirect {
  readonly target: Target;
  readonly path: string;
}

/** How to speak TLS to a place that no config speaks of. */
const publicTls: Omit<TlsTarget, "serverName" | "acceptedNames" | "isVerified"> = {
  isServerNameFromRequest: false,
  minVersion: "TLSv1.2",
  ciphers: null,
  ca: null,
  clientCertificate: null,
};

/** The target and path that a response names; null if it names none that can be asked. */
export function redirectOf(
  { status, location }: Asked,
  { target, path }: Redirect,
  isInsecureAllowed: boolean,
): Redirect | null {
  if (status < 300 || status > 399 || location === null) return null;
  const base = `${target.tls === null ? "http" : "https"}://${authorityOf(target)}`;
  if (!URL.canParse(location, `${base}${path}`)) return null;
  const url = new URL(location, `${base}${path}`);
  const next = `${url.pathname}${url.search}`;
  if (url.origin === new URL(base).origin) return { target, path: next };
  const parsed = parseOrigin(url.origin, "http");
  if ("rule" in parsed) return null;
  const { isTls, ...place } = parsed;
  const tls = isTls
    ? {
        ...(target.tls ?? publicTls),
        serverName: place.host,
        acceptedNames: [place.host],
        isVerified: !isInsecureAllowed,
      }
    : null;
  return { target: { ...place, label: target.label, address: null, tls }, path: next };
}
