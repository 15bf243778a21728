import { execFileSync, spawn } from "node:child_process";
import { generateKeyPairSync, X509Certificate } from "node:crypto";
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { hostname, tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";

import { afterEach, describe, expect, test, vi } from "vitest";

import { issue, type Recipe } from "../../fixtures/tls/issue.ts";
import { ConfigError } from "../../src/config/config-error.ts";
import { LocalCa } from "../../src/listen/local-ca.ts";

const folders: string[] = [];

afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

/** A folder that is not there yet, in one that goes after the test. */
function newFolder(): string {
  const parent = mkdtempSync(join(tmpdir(), "edgecase-test-"));
  folders.push(parent);
  return join(parent, "settings", "edgecase");
}

/** A folder with these files in it. */
function folderWith(files: Readonly<Record<string, string>>): string {
  const folder = newFolder();
  mkdirSync(folder, { recursive: true });
  for (const [name, content] of Object.entries(files))
    writeFileSync(join(folder, name), content, { mode: 0o600 });
  return folder;
}

/** The two files of a CA made as told. */
async function authorityFiles(
  recipe: Partial<Recipe> = {},
): Promise<{ "ca.pem": string; "ca-key.pem": string }> {
  const { certPem, keyPem } = await issue(
    { commonName: "A CA", isAuthority: true, ...recipe },
    "self",
  );
  return { "ca.pem": certPem, "ca-key.pem": keyPem };
}

const modeOf = (...path: string[]) => statSync(join(...path)).mode & 0o777;

describe("a CA that is made", () => {
  test("is its owner's alone", async () => {
    const folder = newFolder();

    await LocalCa.load(folder);

    expect(readdirSync(folder).toSorted()).toEqual(["ca-key.pem", "ca.pem"]);
    expect(modeOf(folder)).toBe(0o700);
    expect(modeOf(folder, "ca-key.pem")).toBe(0o600);
    expect(modeOf(folder, "ca.pem")).toBe(0o600);
  });

  test("is a CA of ten years, for leaves alone, and says whose it is", async () => {
    const { certificate } = await LocalCa.load(newFolder());

    const years = (Date.parse(certificate.validTo) - Date.now()) / 86_400_000 / 365.25;
    expect(certificate.ca).toBe(true);
    expect(years).toBeCloseTo(10, 1);
    expect(certificate.subject).toBe(
      `O=Edgecase\nCN=${`Edgecase local CA ${userInfo().username}@${hostname()}`.slice(0, 64)}`,
    );
    const described = execFileSync("openssl", ["x509", "-noout", "-text"], {
      input: certificate.toString(),
      encoding: "utf8",
    });
    expect(described).toMatch(/Basic Constraints: critical\s+CA:TRUE, pathlen:0/);
    expect(described).toMatch(/Key Usage: critical\s+Certificate Sign, CRL Sign\n/);
    expect(described).toContain("Subject Key Identifier");
    expect(described).toContain("NIST CURVE: P-256");
  });

  test("is the same at the next start", async () => {
    const folder = newFolder();

    const first = await LocalCa.load(folder);
    const second = await LocalCa.load(folder);

    expect(second.certificatePem).toBe(first.certificatePem);
    expect(second.file).toBe(join(folder, "ca.pem"));
  });

  test("is one, however many ask for it at once", async () => {
    const folder = newFolder();

    const all = await Promise.all(Array.from({ length: 20 }, () => LocalCa.load(folder)));

    expect(new Set(all.map(({ certificatePem }) => certificatePem)).size).toBe(1);
    expect(readdirSync(folder)).toHaveLength(2);
  });

  test("is one, where several processes make it at once", async () => {
    const folder = newFolder();
    const script = `import { LocalCa } from "./src/listen/local-ca.ts";
      const ca = await LocalCa.load(${JSON.stringify(folder)});
      process.stdout.write(ca.certificatePem);`;
    const starts = Array.from({ length: 3 }, () =>
      spawn(process.execPath, ["--import", "tsx", "--input-type=module", "-e", script], {
        stdio: ["ignore", "pipe", "inherit"],
      }),
    );

    const printed = await Promise.all(starts.map(({ stdout }) => text(stdout)));

    expect(new Set(printed)).toEqual(new Set([readFileSync(join(folder, "ca.pem"), "utf8")]));
    expect(readdirSync(folder)).toHaveLength(2);
  });

  test("keeps its key if only the certificate is gone, so that what it signed before is good still", async () => {
    const folder = newFolder();
    const before = await LocalCa.load(folder);
    const { cert } = await before.issue(["a.test"]);
    rmSync(join(folder, "ca.pem"));

    const after = await LocalCa.load(folder);

    expect(after.certificatePem).not.toBe(before.certificatePem);
    expect(new X509Certificate(cert).verify(after.certificate.publicKey)).toBe(true);
  });

  test("in memory leaves no file, and is another each time", async () => {
    const [one, other] = await Promise.all([LocalCa.inMemory(), LocalCa.inMemory()]);

    expect([one.file, other.file]).toEqual([null, null]);
    expect(one.certificatePem).not.toBe(other.certificatePem);
  });
});

describe("a certificate that the CA issues", () => {
  test("bears the names asked for and is one that every client accepts", async () => {
    const ca = await LocalCa.inMemory();

    const { cert, key } = await ca.issue(["shop.test", "127.0.0.1", "::1"]);

    const leaf = new X509Certificate(cert);
    const described = execFileSync("openssl", ["x509", "-noout", "-text"], {
      input: cert,
      encoding: "utf8",
    });
    expect(leaf.checkIssued(ca.certificate)).toBe(true);
    expect(leaf.verify(ca.certificate.publicKey)).toBe(true);
    expect(leaf.subjectAltName).toBe(
      "DNS:shop.test, IP Address:127.0.0.1, IP Address:0:0:0:0:0:0:0:1",
    );
    expect(leaf.ca).toBe(false);
    expect(leaf.subject).toBe("O=Edgecase");
    expect(Date.parse(leaf.validFrom)).toBeLessThan(Date.now() - 3_500_000);
    expect(Date.parse(leaf.validTo)).toBeLessThan(Date.now() + 398 * 86_400_000);
    expect(described).toMatch(/Extended Key Usage: ?\s+TLS Web Server Authentication\n/);
    expect(described).toMatch(/Key Usage: critical\s+Digital Signature\n/);
    expect(described).toContain("Signature Algorithm: ecdsa-with-SHA256\n");
    expect(key).toMatch(/^-----BEGIN PRIVATE KEY-----/);
  });

  test("ends no later than the CA does", async () => {
    const ca = await LocalCa.load(folderWith(await authorityFiles({ validDays: [-1, 5] })));

    const { cert } = await ca.issue(["a.test"]);

    expect(new X509Certificate(cert).validTo).toBe(ca.certificate.validTo);
  });

  test.each(["ec-p384", "rsa-2048"] as const)(
    "can be signed by an %s CA of the owner's own, with words before it in the file",
    async (key) => {
      const files = await authorityFiles({ key });
      const ca = await LocalCa.load(
        folderWith({ ...files, "ca.pem": `A CA:\n${files["ca.pem"]}` }),
      );

      const { cert } = await ca.issue(["a.test"]);

      const leaf = new X509Certificate(cert);
      expect(leaf.checkIssued(ca.certificate)).toBe(true);
      expect(leaf.verify(ca.certificate.publicKey)).toBe(true);
    },
  );
});

const good = await authorityFiles();
const other = await authorityFiles();
const expired = await authorityFiles({ validDays: [-20, -10] });
const ofTheFuture = await authorityFiles({ validDays: [10, 20] });
const leaf = await authorityFiles({ isAuthority: false });

describe("a file that is there and cannot be used is an error, and stays as it is:", () => {
  const edKey = generateKeyPairSync("ed25519").privateKey.export({ type: "pkcs8", format: "pem" });

  test.each([
    ["an empty certificate", { ...good, "ca.pem": "" }, "ca.pem", "is not a certificate in PEM"],
    [
      "half a certificate",
      { ...good, "ca.pem": good["ca.pem"].slice(0, 300) },
      "ca.pem",
      "is not a certificate in PEM",
    ],
    ["an expired certificate", expired, "ca.pem", /expired on \w{3} .* GMT;/],
    [
      "one of the future",
      ofTheFuture,
      "ca.pem",
      /is not valid before .* GMT; set this machine's clock, or/,
    ],
    ["one that is no CA's", leaf, "ca.pem", "is not the certificate of a CA"],
    [
      "one of another key",
      { ...good, "ca-key.pem": other["ca-key.pem"] },
      "ca.pem",
      "is not the certificate of the key beside it",
    ],
    ["one without its key", { "ca.pem": good["ca.pem"] }, "ca.pem", "is there without its key"],
    ["an empty key", { ...good, "ca-key.pem": "" }, "ca-key.pem", "is not a private key"],
    [
      "a key alone that is none",
      { "ca-key.pem": "no key" },
      "ca-key.pem",
      "is not a private key (EC on P-256 or P-384, or RSA) in PEM without a passphrase",
    ],
    [
      "a key that cannot sign certificates here",
      { ...good, "ca-key.pem": String(edKey) },
      "ca-key.pem",
      "is not a private key",
    ],
  ])("%s", async (_name, files, wrong, says) => {
    const folder = folderWith(files);

    const error = await LocalCa.load(folder).catch((reason: unknown) => reason);

    expect(error).toBeInstanceOf(ConfigError);
    const { file, message } = error as ConfigError;
    expect(file).toBe(join(folder, wrong));
    expect(message).toMatch(says);
    expect(message).toMatch(/delete it and .*, and trust the new CA .*\(edgecase ca\)$/);
    expect(
      Object.fromEntries(
        readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), "utf8")]),
      ),
    ).toEqual(files);
  });

  test.each([
    ["read", 0o604],
    ["read as a group", 0o640],
    ["write", 0o620],
  ])("a key that others can %s", async (_name, mode) => {
    const folder = folderWith(good);
    chmodSync(join(folder, "ca-key.pem"), mode);

    const loading = LocalCa.load(folder);

    await expect(loading).rejects.toThrow(
      /can be read or written by others on this machine; make it yours alone \(chmod 600\) if nobody has/,
    );
    expect(modeOf(folder, "ca-key.pem")).toBe(mode);
  });
});

describe("a gateway whose folder cannot be used", () => {
  test.each([
    ["is a file", "/dev/null/edgecase", /ENOTDIR/],
    ["cannot be made", "/proc/edgecase", /ENOENT|EACCES|EPERM/],
    ["is not known", null, /there is no home folder/],
  ])("because it %s, has a CA in memory and says why", async (_name, folder, why) => {
    const warn = vi.fn<(message: string) => void>();

    const ca = await LocalCa.loadOrInMemory(folder, warn);

    expect(ca.file).toBeNull();
    expect(warn.mock.calls).toEqual([[expect.stringMatching(why)]]);
  });

  test("is told of a broken file all the same", async () => {
    const folder = folderWith({ "ca.pem": "broken" });

    const loading = LocalCa.loadOrInMemory(folder, () => {});

    await expect(loading).rejects.toBeInstanceOf(ConfigError);
  });

  test("has the CA of the folder, without a word, where there is one", async () => {
    const folder = newFolder();
    const warn = vi.fn<(message: string) => void>();

    const ca = await LocalCa.loadOrInMemory(folder, warn);

    expect(ca.file).toBe(join(folder, "ca.pem"));
    expect(warn).not.toHaveBeenCalled();
  });
});
