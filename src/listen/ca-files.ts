// Under the HTTPS listener: the local CA's two files, made once, and never written over.

import {
  createPrivateKey,
  generateKeyPairSync,
  type KeyObject,
  randomUUID,
  X509Certificate,
} from "node:crypto";
import { link, mkdir, open, unlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";

import { ConfigError } from "../config/config-error.ts";
import { canSign, signAuthority } from "./sign-certificate.ts";

/** A CA's certificate and the key that belongs to it. */
export interface Authority {
  /** PEM. */
  readonly certificate: string;
  readonly key: KeyObject;
}

/** Makes a CA that nobody has seen before. */
export async function makeAuthority(): Promise<Authority> {
  const key = makeKey();
  return { certificate: await signAuthority(key), key };
}

/** A new EC key on P-256. */
export function makeKey(): KeyObject {
  return generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey;
}

/** Where the certificate of the CA in this folder is. */
export function certificateFile(folder: string): string {
  return join(folder, "ca.pem");
}

/**
 * Reads the CA in a folder, or makes it.
 *
 * The key is there before its certificate, and the certificate is made from the key that is there: so processes that
 * start at once end with one pair, and one that dies in between leaves nothing that the next cannot use.
 *
 * Throws {@link ConfigError} for a file that cannot be used; the system's error for a folder that cannot.
 */
export async function readOrMakeAuthority(folder: string): Promise<Authority> {
  const [file, keyFile] = [certificateFile(folder), join(folder, "ca-key.pem")];
  // The certificate first: another process may make both in between, and then a key would seem to be missing.
  const written = await readIfThere(file);
  const writtenKey = await readIfThere(keyFile);
  if (written !== null && writtenKey === null)
    throw unusable([file, keyFile], `is there without its key, ${keyFile}`);

  if (written === null) await makeFolder(folder);
  const keyText = writtenKey ?? (await createOnce(keyFile, exportKey(makeKey())));
  const key = parseKey(keyText, keyFile, file);
  const certificate = written ?? (await createOnce(file, { text: await signAuthority(key) }));
  checkCertificate(certificate.text, key, [file, keyFile]);
  return { certificate: certificate.text, key };
}

/** Makes a folder and those above it. Node's own way never returns where a parent takes no child, such as /proc. */
async function makeFolder(folder: string, isParentThere = false): Promise<void> {
  try {
    await mkdir(folder, { mode: 0o700 });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "EEXIST") return;
    if (code !== "ENOENT" || isParentThere) throw error;
    await makeFolder(dirname(folder));
    await makeFolder(folder, true);
  }
}

/** What a file holds, and who may read or write it besides its owner. */
interface Content {
  readonly text: string;
  readonly othersMode?: number;
}

async function readIfThere(file: string): Promise<Content | null> {
  try {
    await using handle = await open(file);
    const { mode } = await handle.stat();
    return { text: await handle.readFile("utf8"), othersMode: mode & 0o077 };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw error;
  }
}

/** Gives the file its content, whole or not at all, unless another process was first; returns what it then has. */
async function createOnce(file: string, { text }: Content): Promise<Content> {
  const draft = `${file}.${randomUUID()}`;
  await writeFile(draft, text, { mode: 0o600, flag: "wx", flush: true });
  try {
    await link(draft, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  } finally {
    await unlink(draft);
  }
  return (await readIfThere(file)) ?? { text };
}

function exportKey(key: KeyObject): Content {
  return { text: key.export({ type: "pkcs8", format: "pem" }) as string };
}

/**
 * A key that others can read is refused, not mended: whoever has read it can be any site to those who trust the CA, and
 * only its owner can know whether somebody has.
 */
function parseKey({ text, othersMode = 0 }: Content, keyFile: string, file: string): KeyObject {
  // Windows has no such bits; the folder of a person is theirs alone there.
  if (othersMode !== 0 && process.platform !== "win32")
    throw unusable(
      [keyFile, file],
      "can be read or written by others on this machine",
      "make it yours alone (chmod 600) if nobody has",
    );
  try {
    const key = createPrivateKey(text);
    if (canSign(key)) return key;
  } catch {
    // Told below: OpenSSL's reasons for text that is no key help nobody.
  }
  throw unusable(
    [keyFile, file],
    "is not a private key (EC on P-256 or P-384, or RSA) in PEM without a passphrase",
  );
}

/** Throws unless the text is the certificate of a CA with this key, and valid now. */
function checkCertificate(text: string, key: KeyObject, files: Files): void {
  let certificate: X509Certificate;
  try {
    certificate = new X509Certificate(text);
  } catch {
    throw unusable(files, "is not a certificate in PEM");
  }
  const { validFrom, validTo } = certificate;
  if (!certificate.ca) throw unusable(files, "is not the certificate of a CA");
  if (!certificate.checkPrivateKey(key))
    throw unusable(files, "is not the certificate of the key beside it");
  if (Date.parse(validTo) <= Date.now()) throw unusable(files, `expired on ${validTo}`);
  if (Date.parse(validFrom) > Date.now())
    throw unusable(files, `is not valid before ${validFrom}`, "set this machine's clock");
}

/** The file with something wrong, and the one that goes with it. */
type Files = readonly [wrong: string, other: string];

/** What is there may be trusted somewhere, so that it is for its owner to throw it away. */
function unusable([wrong, other]: Files, what: string, instead?: string): ConfigError {
  const remedy = `delete it and ${other}, and trust the new CA that the next start makes (edgecase ca)`;
  const rule = `${what}; ${instead === undefined ? "" : `${instead}, or `}${remedy}`;
  return new ConfigError(wrong, [{ path: "", rule }]);
}
