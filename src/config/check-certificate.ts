// Judges a certificate of the owner's and its key, before anything listens with them.

import { createPrivateKey, type KeyObject, X509Certificate } from "node:crypto";
import { createSecureContext } from "node:tls";

import type { ProblemList, Steps } from "./problem-list.ts";

/** Where a certificate and its key are named, as read and as written. */
export interface NamedPair {
  /** PEM; "" if the file could not be read, which has been reported. */
  readonly cert: string;
  readonly key: string;
  readonly files: { readonly cert: string; readonly key: string };
}

/** Reports everything for which clients could not be shown this certificate, at `cert` and `key` under `steps`. */
export function checkServerCertificate(
  steps: Steps,
  { cert, key, files }: NamedPair,
  problems: ProblemList,
): void {
  const [atCert, atKey] = [
    [...steps, "cert"],
    [...steps, "key"],
  ];
  const certificate = isPem(cert) ? certificateIn(cert) : undefined;
  const privateKey = isPem(key) ? keyIn(key) : undefined;
  if (certificate === null) problems.report(atCert, "must begin with a certificate", files.cert);
  if (privateKey === null)
    problems.report(atKey, "must be a private key without a passphrase", files.key);
  if (certificate) checkNameAndDates(atCert, certificate, problems);
  if (!certificate || !privateKey) return;

  if (!certificate.checkPrivateKey(privateKey)) {
    problems.report(atKey, `must be the key of the certificate in ${files.cert}`, files.key);
    return;
  }
  const refusal = refusalOf(cert, key);
  if (refusal !== null) problems.report(atCert, `cannot be used: ${refusal}`, files.cert);
}

function checkNameAndDates(at: Steps, certificate: X509Certificate, problems: ProblemList): void {
  const { validFrom, validTo, subjectAltName = "" } = certificate;
  if (Date.parse(validTo) <= Date.now())
    problems.report(at, "must be a certificate that has not expired", validTo);
  if (Date.parse(validFrom) > Date.now())
    problems.report(at, "must be a certificate that is valid already", validFrom);
  if (!/(^|, )(DNS|IP Address):/.test(subjectAltName))
    problems.report(
      at,
      "must bear a DNS name or an address in its subject alternative name",
      certificate.subject,
    );
}

/** What is no PEM at all has been reported when it was read. */
function isPem(text: string): boolean {
  return text.includes("-----BEGIN ");
}

function certificateIn(text: string): X509Certificate | null {
  try {
    return new X509Certificate(text);
  } catch {
    return null;
  }
}

function keyIn(text: string): KeyObject | null {
  try {
    return createPrivateKey(text);
  } catch {
    return null;
  }
}

/** Why OpenSSL will not serve with a pair whose halves are sound, such as a key that is too short; null if it will. */
function refusalOf(cert: string, key: string): string | null {
  try {
    createSecureContext({ cert, key, ca: [] });
    return null;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? String(error);
  }
}
