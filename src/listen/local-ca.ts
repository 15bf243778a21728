// Under the HTTPS listener: the CA of this machine, made once and trusted once, that signs for every name asked for.

import { createPrivateKey, X509Certificate } from "node:crypto";

import { ConfigError } from "../config/config-error.ts";
import {
  type Authority,
  certificateFile,
  makeAuthority,
  makeKey,
  readOrMakeAuthority,
} from "./ca-files.ts";
import { type Signer, signerOf, signLeaf } from "./sign-certificate.ts";

/** A certificate and its key as `node:tls` takes them, PEM both. */
export interface CertificatePair {
  readonly cert: string;
  readonly key: string;
}

/** A CA as other processes take it, PEM both. */
export interface SharedCa {
  readonly certificate: string;
  readonly key: string;
}

/** A CA that clients on this machine can be told to trust. */
export class LocalCa {
  readonly certificatePem: string;
  /** Where the certificate is; null if it is in memory alone. */
  readonly file: string | null;
  readonly #authority: Authority;
  readonly #signer: Signer;
  /** One for all: each handshake proves it anew, and a key a name would make every first visit slower. */
  readonly #leafKey = makeKey();
  readonly #leafKeyPem = this.#leafKey.export({ type: "pkcs8", format: "pem" }) as string;

  private constructor(authority: Authority, file: string | null, signer: Signer) {
    this.certificatePem = authority.certificate;
    this.file = file;
    this.#authority = authority;
    this.#signer = signer;
  }

  /**
   * Reads the CA in this folder, or makes it there.
   *
   * Rejects with {@link ConfigError} if one of its files cannot be used as it is, and with the system's error if the
   * folder cannot be read or written.
   */
  static async load(folder: string): Promise<LocalCa> {
    return LocalCa.#of(await readOrMakeAuthority(folder), certificateFile(folder));
  }

  /** Makes a CA that ends with this process: nobody can have been told to trust it. */
  static async inMemory(): Promise<LocalCa> {
    return LocalCa.#of(await makeAuthority(), null);
  }

  /**
   * As {@link LocalCa.load}; but where there is no folder, or none that can be used, the CA is in memory and `warn`
   * hears why. A file that is there and broken is still an error.
   */
  static async loadOrInMemory(
    folder: string | null,
    warn: (message: string) => void,
  ): Promise<LocalCa> {
    let why = "there is no home folder (EDGECASE_HOME names one)";
    try {
      if (folder !== null) return await LocalCa.load(folder);
    } catch (error) {
      if (error instanceof ConfigError) throw error;
      why = error instanceof Error ? error.message : String(error);
    }
    warn(`the local CA cannot be kept, so that it is a new one at every start: ${why}`);
    return LocalCa.inMemory();
  }

  /** The CA that {@link LocalCa.shared} comes from, in another process. */
  static async from({ certificate, key }: SharedCa): Promise<LocalCa> {
    return LocalCa.#of({ certificate, key: createPrivateKey(key) }, null);
  }

  static async #of(authority: Authority, file: string | null): Promise<LocalCa> {
    return new LocalCa(authority, file, await signerOf(authority.certificate, authority.key));
  }

  /** For other processes of this gateway, so that there is one CA for all. */
  get shared(): SharedCa {
    const { certificate, key } = this.#authority;
    return { certificate, key: key.export({ type: "pkcs8", format: "pem" }) as string };
  }

  /** The certificate, to be asked for its fingerprint and dates. */
  get certificate(): X509Certificate {
    return new X509Certificate(this.certificatePem);
  }

  /** A server's certificate for these DNS names and IP addresses, valid for a year and a month. */
  async issue(names: readonly string[]): Promise<CertificatePair> {
    return { cert: await signLeaf(this.#signer, names, this.#leafKey), key: this.#leafKeyPem };
  }
}
