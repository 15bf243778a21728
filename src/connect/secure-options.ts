// What OpenSSL is told of a zone's TLS: versions, ciphers, trust, and the certificate of our own.

import { DEFAULT_CIPHERS, type SecureContextOptions } from "node:tls";

import type { TlsTarget } from "./target.ts";

/** The part of a target that is OpenSSL's, without names and verdicts. */
export type SecureTarget = Pick<
  TlsTarget,
  "minVersion" | "maxVersion" | "ciphers" | "ca" | "clientCertificate"
>;

/** Options for `tls.connect` and `tls.createSecureContext`, which throws on ciphers, certificate or key that are none. */
export function secureOptions(target: SecureTarget): SecureContextOptions {
  const { minVersion, maxVersion, ca, clientCertificate } = target;
  const ciphers = ciphersFor(target);
  return {
    minVersion,
    ...(maxVersion !== undefined && { maxVersion }),
    ...(ciphers !== null && { ciphers }),
    ...(ca !== null && { ca }),
    ...clientCertificate,
  };
}

/** Whether the target may speak a version before TLS 1.2. Both were retired by RFC 8996. */
export function isRetired({ minVersion }: Pick<TlsTarget, "minVersion">): boolean {
  return minVersion === "TLSv1" || minVersion === "TLSv1.1";
}

/** OpenSSL 3 speaks TLS 1.0 and 1.1 at its lowest security level only: their handshakes are signed with MD5 and SHA-1. */
function ciphersFor(target: SecureTarget): string | null {
  const { ciphers } = target;
  if (!isRetired(target) || ciphers?.includes("@SECLEVEL")) return ciphers;
  return `${ciphers ?? DEFAULT_CIPHERS}:@SECLEVEL=0`;
}
