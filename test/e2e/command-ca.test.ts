// `edgecase ca` as people type it: what goes where, and that clients can use it.

import { execFile, spawnSync } from "node:child_process";
import { X509Certificate } from "node:crypto";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

import { afterAll, describe, expect, test } from "vitest";

import { ClientCertificates } from "../../src/listen/client-certificates.ts";
import { LocalCa } from "../../src/listen/local-ca.ts";
import { runEdgecase } from "../helpers/edgecase-command.ts";

const folder = mkdtempSync(join(tmpdir(), "edgecase-test-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** Runs `edgecase ca` with its folder here, under a name that a shell would take apart. */
function edgecaseCa(args: readonly string[] = [], home = join(folder, "ann's settings")) {
  return { ...runEdgecase(["ca", ...args], { EDGECASE_HOME: home }), file: join(home, "ca.pem") };
}

describe("edgecase ca", () => {
  test("makes the CA, prints its path on stdout alone, and ways to trust it on stderr", () => {
    const { status, stdout, stderr, file } = edgecaseCa();

    expect([status, stdout]).toEqual([0, `${file}\n`]);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    for (const way of [
      "curl --cacert '",
      "export NODE_EXTRA_CA_CERTS='",
      "update-ca-certificates",
      "update-ca-trust",
      "security add-trusted-cert",
      "certutil -user -addstore Root",
      "Firefox",
      'certutil -d sql:"$HOME/.pki/nssdb" -A',
    ])
      expect(stderr).toContain(way);
  });

  test("prints commands that a shell reads as they are meant", () => {
    const { stderr, file } = edgecaseCa();
    const [, word = ""] = /NODE_EXTRA_CA_CERTS=(.*)/.exec(stderr) ?? [];

    const { stdout } = spawnSync("sh", ["-c", `printf %s ${word}`], { encoding: "utf8" });

    expect(stdout).toBe(file);
  });

  test("leaves a CA that is there as it is", async () => {
    const home = join(folder, "there");
    const before = await LocalCa.load(home);

    const { file } = edgecaseCa([], home);

    expect(readFileSync(file, "utf8")).toBe(before.certificatePem);
  });

  test("prints path, fingerprint and last day with --json", () => {
    const { status, stdout, stderr, file } = edgecaseCa(["--json"]);

    const certificate = new X509Certificate(readFileSync(file));
    expect([status, stderr]).toEqual([0, ""]);
    expect(JSON.parse(stdout)).toEqual({
      path: file,
      fingerprint: certificate.fingerprint256,
      notAfter: new Date(certificate.validTo).toISOString(),
    });
  });

  test("prints the certificate with --pem", () => {
    const { status, stdout, stderr, file } = edgecaseCa(["--pem"]);

    expect([status, stdout, stderr]).toEqual([0, readFileSync(file, "utf8"), ""]);
  });

  test.each([[["--json", "--pem"]], [["here"]], [["--new"]]])("refuses %j with 2", (args) => {
    expect(edgecaseCa(args)).toMatchObject({ status: 2, stdout: "" });
  });

  test("says which file is broken and what to do, with 2, and makes no new one", () => {
    const home = mkdtempSync(join(folder, "broken-"));
    writeFileSync(join(home, "ca.pem"), "broken");
    writeFileSync(join(home, "ca-key.pem"), "", { mode: 0o600 });

    const { status, stdout, stderr } = edgecaseCa([], home);

    expect([status, stdout]).toEqual([2, ""]);
    expect(stderr).toMatch(/^edgecase: .*ca-key\.pem: the file: is not a private key/);
    expect(stderr).toContain(`delete it and ${join(home, "ca.pem")}, and trust the new CA`);
  });

  test("says why it cannot make one, with 1", () => {
    const { status, stdout, stderr } = edgecaseCa([], "/dev/null/edgecase");

    expect([status, stdout]).toEqual([1, ""]);
    expect(stderr).toMatch(/^edgecase: ENOTDIR: not a directory/);
    expect(existsSync("/dev/null/edgecase")).toBe(false);
  });
});

describe("what edgecase ca prints", () => {
  test.each([
    [
      "curl",
      'curl -sS --resolve shop.test:$PORT:127.0.0.1 --cacert "$CA" https://shop.test:$PORT/',
    ],
    [
      "Node",
      `NODE_EXTRA_CA_CERTS="$CA" node -e 'fetch("https://localhost:" + process.env.PORT).then((res) => res.text()).then(console.log)'`,
    ],
  ])("lets %s reach a server with certificates of the CA", async (_name, script) => {
    const home = join(folder, "trusted");
    const path = edgecaseCa([], home).stdout.trim();
    const own = { host: "127.0.0.1", certificates: [] };
    const certificates = new ClientCertificates(await LocalCa.load(home), own);
    const pair = await certificates.pairFor("");
    const server = createServer({ ...pair, SNICallback: certificates.onServerName }, (_req, res) =>
      res.setHeader("connection", "close").end("here"),
    );
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;

    const { stdout } = await promisify(execFile)("sh", ["-c", script], {
      env: { ...process.env, CA: path, PORT: String(port) },
    });
    server.close();

    expect(stdout.trim()).toBe("here");
  });
});
