import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, describe, expect, test } from "vitest";

import { issue, type Issued, type Recipe } from "../../fixtures/tls/issue.ts";
import { ConfigError, type ConfigProblem } from "../../src/config/config-error.ts";
import { parseConfig } from "../../src/config/read-file.ts";
import { resolveConfig } from "../../src/config/resolve.ts";

const folder = mkdtempSync(join(tmpdir(), "edgecase-test-"));
const file = join(folder, "edgecase.yaml");
afterAll(() => rmSync(folder, { recursive: true }));

const root = await issue({ commonName: "A CA", isAuthority: true }, "self");
const names = [{ type: "dns" as const, value: "shop.test" }];
const made = (recipe: Partial<Recipe> = {}): Promise<Issued> =>
  issue({ commonName: "own", names, ...recipe }, root);

const good = await made();
const other = await made({ key: "rsa-2048" });
const expired = await made({ validDays: [-20, -10] });
const ofTheFuture = await made({ validDays: [10, 20] });
const unnamed = await issue({ commonName: "shop.test" }, root);
const weak = await made({ key: "rsa-512" });

/** What is wrong with a configuration that has this pair, its files beside it. */
function problemsOf(cert: string, key: string): readonly ConfigProblem[] {
  writeFileSync(join(folder, "own.pem"), cert);
  writeFileSync(join(folder, "own.key"), key);
  const text =
    "listen:\n  certificates:\n    - cert: ./own.pem\n      key: ./own.key\n    - { cert: ./own.pem, key: ./own.key }\n";
  try {
    resolveConfig(parseConfig(text, file), file);
    return [];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.problems.filter(({ path }) => path.startsWith("listen.certificates[0]"));
  }
}

describe("a certificate of the owner's own is refused, with path, line, rule and value, if", () => {
  const badCert = { path: "listen.certificates[0].cert", line: 3 };
  const badKey = { path: "listen.certificates[0].key", line: 4 };

  test.each([
    [
      "it has expired",
      expired.certPem,
      expired.keyPem,
      {
        ...badCert,
        rule: "must be a certificate that has not expired",
        found: expect.stringMatching(/GMT"$/),
      },
    ],
    [
      "its days have not come",
      ofTheFuture.certPem,
      ofTheFuture.keyPem,
      { ...badCert, rule: "must be a certificate that is valid already" },
    ],
    [
      "it bears no name but a common one",
      unnamed.certPem,
      unnamed.keyPem,
      {
        ...badCert,
        rule: "must bear a DNS name or an address in its subject alternative name",
        found: '"CN=shop.test"',
      },
    ],
    [
      "it is a key",
      good.keyPem,
      good.keyPem,
      { ...badCert, rule: "must begin with a certificate", found: '"./own.pem"' },
    ],
    [
      "it is cut off",
      good.certPem.slice(0, 200),
      good.keyPem,
      { ...badCert, rule: "must begin with a certificate" },
    ],
    ["it is no PEM", "certificate", good.keyPem, { ...badCert, rule: "must be a PEM file" }],
    [
      "its key is another's",
      good.certPem,
      other.keyPem,
      {
        ...badKey,
        rule: "must be the key of the certificate in ./own.pem",
        found: '"./own.key"',
      },
    ],
    [
      "its key is a certificate",
      good.certPem,
      good.certPem,
      { ...badKey, rule: "must be a private key without a passphrase" },
    ],
    ["its key is no PEM", good.certPem, "key", { ...badKey, rule: "must be a PEM file" }],
    [
      "OpenSSL will not serve with it",
      weak.certPem,
      weak.keyPem,
      { ...badCert, rule: "cannot be used: ERR_SSL_EE_KEY_TOO_SMALL" },
    ],
  ])("%s", (_name, cert, key, expected) => {
    expect(problemsOf(cert, key)).toEqual([expect.objectContaining(expected)]);
  });
});

test.each([
  ["alone", good.certPem, good.keyPem],
  ["with its chain", good.certPem + root.certPem, good.keyPem],
  ["with words around it", `Mine:\n${other.certPem}\n`, other.keyPem],
])("a certificate of the owner's own is taken %s", (_name, cert, key) => {
  expect(problemsOf(cert, key)).toEqual([]);
});
