// What `connect` is told of an origin: where it is and how to speak TLS to it. Made once per zone, when the config is read.

import type { SecureVersion } from "node:tls";

/** TLS towards one origin. */
export interface TlsTarget {
  /** Name in the handshake; null sends none: the origin is an address literal, or the name is the request's host. */
  readonly serverName: string | null;
  readonly isServerNameFromRequest: boolean;
  /** Names of which the certificate must bear one; the request's host is always allowed besides. */
  readonly acceptedNames: readonly string[];
  /** False accepts every certificate (`ssl: full`). */
  readonly isVerified: boolean;
  /** Lowest version offered, as Node names it. */
  readonly minVersion: SecureVersion;
  /** Highest version offered; absent for the highest there is. */
  readonly maxVersion?: SecureVersion;
  /** Ciphers offered, in OpenSSL's form; null offers Node's. */
  readonly ciphers: string | null;
  /** PEM of the CAs that replace the public ones; null keeps those. */
  readonly ca: string | null;
  /** PEM of the certificate and key to show when asked. */
  readonly clientCertificate: { readonly cert: string; readonly key: string } | null;
}

/** One origin, as `connect` dials it. */
export interface Target {
  /** As the config has it: the label of metrics and log lines. */
  readonly label: string;
  /** A name, an IPv4 or an IPv6 address without brackets; empty for a Unix socket. */
  readonly host: string;
  /** The one address to connect to, of those that the name has; null for any of them. */
  readonly address: string | null;
  readonly port: number;
  readonly socketPath: string | null;
  /** Null speaks plain HTTP. */
  readonly tls: TlsTarget | null;
}

/** One origin, for clients on each scheme: one and the same target where theirs makes no difference. */
export interface OriginTargets {
  readonly http: Target;
  readonly https: Target;
}

/** Milliseconds for each step, already scaled by the clock. */
export interface ConnectDeadlines {
  readonly dnsMs: number;
  readonly connectMs: number;
  readonly handshakeMs: number;
}

/** Host and port as a Host field has them: without the port that the scheme implies. @see RFC 9110 §7.2 */
export function authorityOf({ host, port, tls }: Target): string {
  const name = host.includes(":") ? `[${host}]` : host || "localhost";
  return port === 0 || port === (tls === null ? 80 : 443) ? name : `${name}:${port}`;
}
