// How a zone's origins are spoken to over TLS: trust, versions, ciphers, the client certificate. All of it is tried out here, so
// that no connection is the first to find that it cannot be used.

import { X509Certificate } from "node:crypto";
import { createSecureContext, type SecureContextOptions } from "node:tls";

import { codeOf } from "../connect/phase-error.ts";
import { secureOptions, type SecureTarget } from "../connect/secure-options.ts";
import { defaults } from "./defaults.ts";
import type { ProblemList, Steps } from "./problem-list.ts";
import type { ZoneFile } from "./schema.ts";

/** Completes what the zone written at `steps` says of TLS. */
export function resolveTls(steps: Steps, zone: ZoneFile, problems: ProblemList): SecureTarget {
  const { minVersion, ciphers } = { ...defaults.tls, ...zone.tls };
  const offered = { minVersion, ciphers, ca: null, clientCertificate: null };
  if (ciphers !== null && (ciphers === "" || whyRefused(secureOptions(offered)) !== null))
    problems.report([...steps, "tls", "ciphers"], "must be ciphers as OpenSSL has them", ciphers);
  return {
    minVersion,
    ciphers,
    ca: resolveCa([...steps, "originCa"], zone.originCa ?? null, problems),
    clientCertificate: resolvePair(
      [...steps, "clientCertificate"],
      zone.clientCertificate ?? null,
      problems,
    ),
  };
}

/** The CAs of a PEM file; Node itself passes over what it cannot read in one. */
function resolveCa(steps: Steps, file: string | null, problems: ProblemList): string | null {
  if (file === null) return null;
  const pem = problems.readPem(steps, file);
  const blocks = pem.match(/-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g) ?? [];
  if (pem.includes("-----BEGIN ") && (blocks.length === 0 || !blocks.every(isCertificate)))
    problems.report(steps, "must hold certificates that can be read", file);
  return pem;
}

/** The last one that could be read: many zones have the same CA. */
let readable = "";

function isCertificate(pem: string): boolean {
  if (pem === readable) return true;
  try {
    new X509Certificate(pem);
    readable = pem;
    return true;
  } catch {
    return false;
  }
}

function resolvePair(
  steps: Steps,
  files: NonNullable<ZoneFile["clientCertificate"]> | null,
  problems: ProblemList,
): SecureTarget["clientCertificate"] {
  if (files === null) return null;
  const cert = problems.readPem([...steps, "cert"], files.cert);
  const key = problems.readPem([...steps, "key"], files.key);
  if (!cert.includes("-----BEGIN ") || !key.includes("-----BEGIN ")) return null; // Reported already.
  const refused = { cert: whyRefused({ cert }), key: whyRefused({ key }) };
  if (refused.cert !== null)
    problems.report([...steps, "cert"], "must hold a certificate that can be read", files.cert);
  if (refused.key !== null)
    problems.report([...steps, "key"], "must hold a private key without passphrase", files.key);
  if (refused.cert === null && refused.key === null && whyRefused({ cert, key }) !== null)
    problems.report([...steps, "key"], "must be the key of the certificate", files.key);
  return { cert, key };
}

/** The code of what OpenSSL has against these options; null if nothing. */
function whyRefused(options: SecureContextOptions): string | null {
  try {
    createSecureContext(options);
    return null;
  } catch (error) {
    return codeOf(error) || String(error);
  }
}
