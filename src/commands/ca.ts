// `edgecase ca`: the certificate that clients have to trust for HTTPS, and how to tell each of them.

import { ConfigError } from "../config/config-error.ts";
import { configFolder } from "../config/flags.ts";
import { LocalCa } from "../listen/local-ca.ts";
import { waysToTrust } from "./ways-to-trust.ts";

/** Flags of the command. */
export interface CaOptions {
  readonly json?: boolean;
  readonly pem?: boolean;
}

/** Makes the CA if there is none. stdout gets the certificate's path and nothing else, or what the flag asks for. */
export async function ca({ json = false, pem = false }: CaOptions): Promise<void> {
  const folder = configFolder();
  if (folder === null) {
    throw new ConfigError(null, [
      { path: "EDGECASE_HOME", rule: "must name a folder for the CA, as there is no home folder" },
    ]);
  }
  const { file, certificate, certificatePem } = await LocalCa.load(folder);
  const path = String(file);
  if (pem) {
    process.stdout.write(certificatePem);
  } else if (json) {
    const { fingerprint256, validTo } = certificate;
    const notAfter = new Date(validTo).toISOString();
    process.stdout.write(`${JSON.stringify({ path, fingerprint: fingerprint256, notAfter })}\n`);
  } else {
    process.stdout.write(`${path}\n`);
    process.stderr.write(`${describe(path)}\n`);
  }
}

function describe(path: string): string {
  const ways = waysToTrust(path).map(({ where, commands }) =>
    [`${where}:`, ...commands.map((command) => `  ${command}`)].join("\n"),
  );
  return [
    "edgecase: trust this certificate to reach the gateway over HTTPS, and no further than you have to:",
    "edgecase: whoever can read the key beside it can be any site to those who trust it.",
    "",
    ...ways,
  ].join("\n");
}
