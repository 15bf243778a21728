// What a certificate says, read off it without judging: the evidence that `classify` and the pages go by.

import type { X509Certificate } from "node:crypto";
import { rootCertificates, type TLSSocket } from "node:tls";
import { X509Certificate as Certificate } from "node:crypto";

/** The facts of the certificate that an origin presented. Names and dates as the certificate has them. */
export interface CertificateFacts {
  readonly subject: string;
  readonly issuer: string;
  /** DNS names and IP addresses of the subject alternative name, or else the common name. */
  readonly names: readonly string[];
  readonly validFrom: string;
  readonly validTo: string;
  readonly keyType: string;
  /** Bits of an RSA or DSA key; 0 for other kinds, which have no short sizes in use. */
  readonly keyBits: number;
  readonly isSignedWithSha1: boolean;
  /** Some certificate in the chain was issued by one that is no CA. */
  readonly hasIssuerThatIsNoCa: boolean;
  /** Subjects from the leaf upwards, as far as the chain could be followed. */
  readonly chain: readonly string[];
  /** The same certificates, with who issued them and how long they are good. */
  readonly links: readonly ChainLink[];
  /** The chain ends with a certificate that issued itself. */
  readonly endsSelfIssued: boolean;
  /** A CA that we trust has the name of the last issuer, although its key did not sign the chain's end. */
  readonly hasTrustedIssuerName: boolean;
}

/** One certificate of a chain. Names and dates as it has them. */
export type ChainLink = Pick<CertificateFacts, "subject" | "issuer" | "validFrom" | "validTo">;

/** DER of the signature algorithm identifiers that use SHA-1: sha1WithRSAEncryption and ecdsa-with-SHA1. */
const sha1Signatures = ["06092a864886f70d010105", "06072a8648ce3d0401"].map((hex) =>
  Buffer.from(hex, "hex"),
);

/** RSA keys below this are too weak. @see CA/Browser Forum Baseline Requirements §6.1.5 */
export const leastRsaBits = 2048;

/** No chain is followed further than this. */
const longestChain = 10;

/** Reads the facts off the certificate that a socket's peer has presented; null if it presented none. */
export function certificateFacts(socket: TLSSocket, ca: string | null): CertificateFacts | null {
  const leaf = socket.getPeerX509Certificate();
  if (leaf === undefined) return null;
  const chain = chainOf(leaf);
  const last = chain.at(-1) ?? leaf;
  const { asymmetricKeyType = "unknown", asymmetricKeyDetails } = leaf.publicKey;

  return {
    subject: oneLine(leaf.subject),
    issuer: oneLine(leaf.issuer),
    names: namesOf(leaf),
    validFrom: leaf.validFrom,
    validTo: leaf.validTo,
    keyType: asymmetricKeyType,
    keyBits: asymmetricKeyDetails?.modulusLength ?? 0,
    isSignedWithSha1: chain.some(
      (link) => link.subject !== link.issuer && sha1Signatures.some((id) => link.raw.includes(id)),
    ),
    hasIssuerThatIsNoCa: chain.slice(1).some((link) => !link.ca),
    chain: chain.map((link) => oneLine(link.subject)),
    links: chain.map(({ subject, issuer, validFrom, validTo }) => ({
      subject: oneLine(subject),
      issuer: oneLine(issuer),
      validFrom,
      validTo,
    })),
    endsSelfIssued: last.subject === last.issuer,
    hasTrustedIssuerName: last.subject !== last.issuer && trustedSubjects(ca).has(last.issuer),
  };
}

function chainOf(leaf: X509Certificate): X509Certificate[] {
  const chain = [leaf];
  for (
    let next = leaf.issuerCertificate;
    next !== undefined && chain.length < longestChain;
    next = next.issuerCertificate
  ) {
    if (next.fingerprint256 === chain.at(-1)?.fingerprint256) break;
    chain.push(next);
  }
  return chain;
}

function namesOf(certificate: X509Certificate): string[] {
  const alternative =
    certificate.subjectAltName?.split(", ").map((name) => name.replace(/^(DNS|IP Address):/, "")) ??
    [];
  if (alternative.length > 0) return alternative;
  const commonName = /(?:^|\n)CN=(.*)/.exec(certificate.subject ?? "")?.[1];
  return commonName === undefined ? [] : [commonName];
}

/** Node separates the parts of a name by line ends; a certificate without a subject has none at all. */
function oneLine(name: string | undefined): string {
  return (name ?? "").replaceAll("\n", ", ");
}

const subjectsByCa = new Map<string | null, ReadonlySet<string>>();

/** The subjects of the CAs we trust, parsed once for each trust store, and only when something failed. */
function trustedSubjects(ca: string | null): ReadonlySet<string> {
  const known = subjectsByCa.get(ca);
  if (known !== undefined) return known;
  const pems =
    ca === null
      ? rootCertificates
      : (ca.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? []);
  const subjects = new Set(pems.map((pem) => new Certificate(pem).subject));
  subjectsByCa.set(ca, subjects);
  return subjects;
}
