// Under the HTTPS listener: signs the local CA's own certificate, and those of the names that clients ask for.
// It knows no file and no cache: local-ca.ts and client-certificates.ts do.

import "reflect-metadata"; // oxlint-disable-line import/no-unassigned-import -- @peculiar/x509 needs the polyfill loaded first.
import { createPublicKey, type KeyObject, randomBytes, webcrypto } from "node:crypto";
import { isIP } from "node:net";
import { hostname, userInfo } from "node:os";

import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsageExtension,
  type Extension,
  KeyUsageFlags,
  KeyUsagesExtension,
  Name,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509Certificate,
  X509CertificateGenerator,
} from "@peculiar/x509";

/** What signs: a CA's key, and how its certificate names it. */
export interface Signer {
  readonly key: webcrypto.CryptoKey;
  readonly digest: string;
  /** As the certificate has it, byte for byte: some clients compare no other way. */
  readonly subject: Name;
  /** The subject key identifier, in hexadecimal; null if the certificate has none. */
  readonly keyId: string | null;
  readonly notAfter: Date;
}

const oneHourMs = 3_600_000;
const oneDayMs = 24 * oneHourMs;
const authorityDays = 3_652;
/** Some clients refuse more than 398 days from any CA. */
const leafDays = 397;
/** When a certificate is best replaced: two thirds of its life after it was made. */
export const renewAfterMs = (leafDays * oneDayMs * 2) / 3;

const serverAuth = "1.3.6.1.5.5.7.3.1";

/** How keys sign, by curve; RSA by its type. */
const algorithms: Readonly<
  Record<string, readonly [key: webcrypto.EcKeyImportParams, digest: string]>
> = {
  prime256v1: [{ name: "ECDSA", namedCurve: "P-256" }, "SHA-256"],
  secp384r1: [{ name: "ECDSA", namedCurve: "P-384" }, "SHA-384"],
};
const rsa = [{ name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" }, "SHA-256"] as const;

/** Whether {@link signerOf} can use such a key: RSA, or EC on P-256 or P-384, which every client knows. */
export function canSign(key: KeyObject): boolean {
  return algorithmOf(key) !== undefined;
}

/** Signs the certificate of a new CA for this key, for ten years. Returns PEM. */
export async function signAuthority(key: KeyObject): Promise<string> {
  const [signingKey, digest] = await importKey(key);
  const publicKey = spkiOf(key);
  const { keyId } = await SubjectKeyIdentifierExtension.create(publicKey);
  const name = new Name([{ O: ["Edgecase"] }, { CN: [authorityName()] }]);
  const certificate = await X509CertificateGenerator.create({
    serialNumber: randomSerial(),
    subject: name,
    issuer: name,
    notBefore: new Date(Date.now() - oneDayMs),
    notAfter: new Date(Date.now() + authorityDays * oneDayMs),
    publicKey,
    signingKey,
    signingAlgorithm: { name: signingKey.algorithm.name, hash: digest },
    extensions: [
      new BasicConstraintsExtension(true, 0, true),
      keyUsages(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign),
      new SubjectKeyIdentifierExtension(keyId),
    ],
  });
  return pemOf(certificate);
}

/** A CA ready to sign: from its certificate and key, which belong together. */
export async function signerOf(certificatePem: string, key: KeyObject): Promise<Signer> {
  const [signingKey, digest] = await importKey(key);
  const certificate = new X509Certificate(certificatePem);
  return {
    key: signingKey,
    digest,
    subject: certificate.subjectName,
    keyId: certificate.getExtension(SubjectKeyIdentifierExtension)?.keyId ?? null,
    notAfter: certificate.notAfter,
  };
}

/** Signs a server's certificate for DNS names and IP addresses; it ends no later than the CA does. Returns PEM. */
export async function signLeaf(
  signer: Signer,
  names: readonly string[],
  key: KeyObject,
): Promise<string> {
  const ends = Math.min(Date.now() + leafDays * oneDayMs, signer.notAfter.getTime());
  const extensions: Extension[] = [
    new BasicConstraintsExtension(false, undefined, true),
    keyUsages(KeyUsageFlags.digitalSignature),
    new ExtendedKeyUsageExtension([serverAuth]),
    new SubjectAlternativeNameExtension(
      names.map((value) => ({ type: isIP(value) === 0 ? "dns" : "ip", value })),
    ),
  ];
  if (signer.keyId !== null) extensions.push(new AuthorityKeyIdentifierExtension(signer.keyId));
  const certificate = await X509CertificateGenerator.create({
    serialNumber: randomSerial(),
    // No common name: clients have not read it for years. Without any subject at all some stumble.
    subject: "O=Edgecase",
    issuer: signer.subject,
    notBefore: new Date(Date.now() - oneHourMs),
    notAfter: new Date(ends),
    publicKey: spkiOf(key),
    signingKey: signer.key,
    signingAlgorithm: { name: signer.key.algorithm.name, hash: signer.digest },
    extensions,
  });
  return pemOf(certificate);
}

/** Says whose CA it is, so that people who trust several can tell theirs; at most 64 characters (RFC 5280, appendix A). */
function authorityName(): string {
  let user = "unknown";
  try {
    user = userInfo().username;
  } catch {
    // The user has no entry in the system's list, as in some containers.
  }
  return `Edgecase local CA ${user}@${hostname()}`.slice(0, 64);
}

function algorithmOf({ asymmetricKeyType, asymmetricKeyDetails }: KeyObject) {
  return asymmetricKeyType === "rsa" ? rsa : algorithms[asymmetricKeyDetails?.namedCurve ?? ""];
}

async function importKey(key: KeyObject): Promise<[key: webcrypto.CryptoKey, digest: string]> {
  const algorithm = algorithmOf(key);
  if (algorithm === undefined) throw new Error(`a CA cannot sign with a key of this kind`);
  const [parameters, digest] = algorithm;
  const pkcs8 = key.export({ type: "pkcs8", format: "der" });
  return [await webcrypto.subtle.importKey("pkcs8", pkcs8, parameters, false, ["sign"]), digest];
}

function spkiOf(key: KeyObject): Uint8Array<ArrayBuffer> {
  return new Uint8Array(createPublicKey(key).export({ type: "spki", format: "der" }));
}

function keyUsages(flags: number): Extension {
  return new KeyUsagesExtension(flags, true); // oxlint-disable-line typescript/no-unsafe-enum-assignment -- bits of the enum, or-ed.
}

/** Sixteen random bytes; the first is kept from 0x40 to 0x7f, so that the number is positive and never shorter. */
function randomSerial(): string {
  const bytes = randomBytes(16);
  bytes.writeUInt8(0x40 | (bytes.readUInt8(0) & 0x3f), 0);
  return bytes.toString("hex");
}

function pemOf(certificate: X509Certificate): string {
  return `${certificate.toString("pem")}\n`;
}
