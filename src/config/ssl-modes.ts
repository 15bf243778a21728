// What each SSL mode connects to and validates, as rows. @see Cloudflare docs, SSL/TLS encryption modes

import type { SslMode } from "./schema.ts";

/** How a client, or the gateway, speaks HTTP: plain or over TLS. */
export type Scheme = "http" | "https";

/** One mode. */
export interface SslModeFacts {
  /** The scheme of an origin that is written without one, by the client's. */
  readonly originScheme: Readonly<Record<Scheme, Scheme>>;
  /** Certificates of origins on https are validated; else every one passes. */
  readonly isVerified: boolean;
  /** Clients on https are sent to http. */
  readonly isHttpOnly: boolean;
}

const always = { http: { http: "http", https: "http" }, https: { http: "https", https: "https" } } as const; // prettier-ignore
const asTheClient = { http: "http", https: "https" } as const;

/** Every mode. */
export const sslModes: Readonly<Record<SslMode, SslModeFacts>> = {
  off: { originScheme: always.http, isVerified: false, isHttpOnly: true },
  flexible: { originScheme: always.http, isVerified: false, isHttpOnly: false },
  full: { originScheme: asTheClient, isVerified: false, isHttpOnly: false },
  strict: { originScheme: asTheClient, isVerified: true, isHttpOnly: false },
  origin_pull: { originScheme: always.https, isVerified: true, isHttpOnly: false },
};
