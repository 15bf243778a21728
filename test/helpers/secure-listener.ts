// What a gateway needs to listen for HTTPS under one host's name, and its clients to trust it.

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { makeCertificates } from "../../fixtures/tls/certificates.ts";
import type { ConfigFile } from "../../src/config/schema.ts";

/** A certificate in files, as a configuration names them. */
export interface SecureListener {
  readonly listen: NonNullable<ConfigFile["listen"]>;
  /** PEM of the root that signed the certificate, and the file it is in. */
  readonly rootPem: string;
  readonly rootFile: string;
  /** Removes the files. */
  remove(): void;
}

/** Makes a certificate for a host. */
export async function makeSecureListener(host: string): Promise<SecureListener> {
  const folder = mkdtempSync(join(tmpdir(), "edgecase-secure-"));
  const certificates = await makeCertificates(host);
  const pair = await certificates.pair("good");
  const files = { cert: join(folder, "cert.pem"), key: join(folder, "key.pem") };
  const rootFile = join(folder, "root.pem");
  writeFileSync(files.cert, pair.cert);
  writeFileSync(files.key, pair.key);
  writeFileSync(rootFile, certificates.rootPem);
  return {
    listen: { http: 0, https: 0, certificates: [files] },
    rootPem: certificates.rootPem,
    rootFile,
    remove: () => rmSync(folder, { recursive: true }),
  };
}
