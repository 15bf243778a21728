// `edgecase diagnose` as people type it: what it says of broken origins of each layer, and what it exits with.

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { startZoo, type Zoo } from "../../fixtures/zoo.ts";
import { type Diagnosis, diagnosisSchema } from "../../src/diagnose/report.ts";
import { startAdmin } from "../helpers/admin.ts";
import { startEdgecase } from "../helpers/edgecase-command.ts";
import { zoneFor } from "../helpers/gateway.ts";
import { schemaProblems } from "../helpers/schema-problems.ts";

const names: ReadonlySet<string> = new Set([
  "nxdomain",
  "cname-chain",
  "dead-then-live",
  "refused",
  "unix-socket",
  "expired",
  "incomplete-chain",
  "client-certificate-optional",
  "alert-unrecognized-name",
  "sni-chooses-certificate",
  "tls-good",
  "good",
  "ssh",
  "body-stalls",
  "connection-close",
  "reason-with-control-byte",
  "h2-good-alpn",
]);

const folder = mkdtempSync(join(tmpdir(), "edgecase-test-"));
const rootFile = join(folder, "root.pem");
let zoo: Zoo;

beforeAll(async () => {
  zoo = await startZoo({ only: ({ name }) => names.has(name) });
  writeFileSync(rootFile, zoo.rootPem);
});

afterAll(async () => {
  await zoo.close();
  rmSync(folder, { recursive: true });
});

interface Output {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the command; the zoo lives in this process, which therefore must not stand still meanwhile. */
async function run(args: readonly string[]): Promise<Output> {
  const program = startEdgecase(["diagnose", ...args]);
  const status = Number(await program.ended);
  return { status, stdout: program.written(), stderr: program.said() };
}

/** Diagnoses a member of the zoo. */
function runOn(name: string, args: readonly string[] = []): Promise<Output> {
  const origin = zoo.members.find(({ fixture }) => fixture.name === name)?.started.origin ?? "";
  const options = ["--resolver", zoo.dnsServer, "--ca", rootFile, "--timeout", "3"];
  return run([origin, ...options, ...args]);
}

/** The diagnosis, which is always what its schema says, and tells the exit code. */
async function jsonOf(name: string, args: readonly string[] = []): Promise<Diagnosis> {
  const { status, stdout } = await runOn(name, ["--json", ...args]);
  const diagnosis = JSON.parse(stdout) as Diagnosis;
  expect(schemaProblems(diagnosisSchema, diagnosis)).toEqual([]);
  expect(status).toBe(diagnosis.verdict.exitCode);
  return diagnosis;
}

describe("edgecase diagnose", () => {
  test.each([
    [
      "nxdomain",
      10,
      ["DNS  FAILED", "(dns_error/nxdomain)", "523 cloudflare, 1016 cloudflare-1016"],
    ],
    ["refused", 11, ["TCP  FAILED", "(connection_refused)", "521 cloudflare"]],
    ["expired", 12, ["TLS  FAILED", "(tls_certificate_error/expired)", "526 cloudflare"]],
    ["ssh", 13, ["HTTP FAILED", "(http_protocol_error/not_http)", "520 cloudflare"]],
  ])(
    "says where %s stops, and exits with %i",
    async (name, exitCode, words) => {
      const { status, stdout, stderr } = await runOn(name);

      expect([status, stderr]).toEqual([exitCode, ""]);
      for (const word of [...words, "Likely causes", "How to fix"]) expect(stdout).toContain(word);
      expect(stdout).not.toContain("\u001b");
    },
    30_000,
  );

  test("exits with 0 where the origin answers, whatever it answers", async () => {
    const { status, stdout } = await runOn("good");

    expect(status).toBe(0);
    expect(stdout).toContain("a second request over the same connection was answered");
    expect(stdout).toContain("The origin answered 200");
  }, 30_000);

  test("tells every record that leads to an address, with its TTL", async () => {
    const { dns } = await jsonOf("cname-chain");

    const records = dns.records.map(({ type, name, value }) => `${type} ${name} ${value}`);
    expect(records).toEqual([
      "CNAME cname-chain.zoo.test second.cname-chain.zoo.test",
      "CNAME second.cname-chain.zoo.test third.cname-chain.zoo.test",
      "CNAME third.cname-chain.zoo.test last.cname-chain.zoo.test",
      "A last.cname-chain.zoo.test 127.0.0.1",
    ]);
    expect(dns.resolvers).toEqual([zoo.dnsServer]);
    expect(dns.system).toMatchObject({ addresses: [], isSame: false });
  }, 30_000);

  test("tells of each address by itself, and goes the whole way to each where it is asked to", async () => {
    const { tcp, addresses, verdict } = await jsonOf("dead-then-live", ["--all-addresses"]);

    const dead = tcp.addresses.filter(({ failure }) => failure !== null);
    expect(dead.length).toBeGreaterThan(0);
    expect(addresses.map(({ status, layer }) => status ?? layer)).toEqual(
      expect.arrayContaining([200, "tcp"]),
    );
    expect(verdict.failure).toBeNull();
  }, 30_000);

  test("tells the chain, its days, what is missing of it, and the code of every SSL mode", async () => {
    const { tls, verdict } = await jsonOf("incomplete-chain");

    expect(tls.certificate).toMatchObject({
      fault: "incomplete_chain",
      missing: "CN=Edgecase Zoo Intermediate",
      names: ["origin.zoo.test"],
    });
    expect(tls.certificate?.chain[0]?.daysLeft).toBeGreaterThan(300);
    const told = verdict.codes.map(({ ssl, codes, status }) => [
      ssl,
      codes["cloudflare"] ?? status,
    ]);
    expect(Object.fromEntries(told)).toEqual({
      off: 200,
      flexible: 200,
      full: 200,
      strict: 526,
      origin_pull: 526,
    });
  }, 30_000);

  test("judges by the SSL mode that it is given", async () => {
    const { status } = await runOn("expired", ["--ssl", "full"]);

    expect(status).toBe(0);
  }, 30_000);

  test("tells versions and ciphers, and that a client certificate is asked for", async () => {
    const { tls } = await jsonOf("client-certificate-optional");

    const spoken = tls.probes?.versions.filter(({ refusal }) => refusal === null);
    expect(spoken?.map(({ version }) => version)).toEqual(["TLSv1.2", "TLSv1.3"]);
    expect(spoken?.every(({ ciphers, isWhole }) => isWhole && ciphers.length > 2)).toBe(true);
    expect(tls.probes?.isClientCertificateAsked).toBe(true);
  }, 30_000);

  test("tells whether a server name is needed, and that no client certificate is asked for", async () => {
    const [choosing, good] = [await jsonOf("sni-chooses-certificate"), await jsonOf("tls-good")];

    expect(choosing.tls.probes?.withoutServerName).toBe("other_certificate");
    expect(good.tls.probes).toMatchObject({
      withoutServerName: "same_certificate",
      isClientCertificateAsked: false,
    });
  }, 30_000);

  test("sends another server name and Host where it is told to", async () => {
    const { tls, host } = await jsonOf("tls-good", ["--sni", "b.test", "--host", "a.test:81"]);

    expect([tls.serverName, host]).toEqual(["b.test", "a.test:81"]);
    expect(tls.certificate?.wanted).toContain("a.test");
  }, 30_000);

  test("tells the alert that the origin sent", async () => {
    const { tls } = await jsonOf("alert-unrecognized-name");

    expect(tls.alert).toBe("unrecognized_name");
  }, 30_000);

  test("speaks HTTP/2 where that is offered, and says so where it is not", async () => {
    const offered = await jsonOf("h2-good-alpn", ["--http2"]);
    const plain = await jsonOf("h2-good-alpn");

    expect(offered.http).toMatchObject({ version: "HTTP/2", status: 200, keepAlive: "answered" });
    expect(plain.tls.probes?.isHttp2).toBe(true);
  }, 30_000);

  test("tells that an origin closes the connection after its response", async () => {
    const { http } = await jsonOf("connection-close");

    expect(http.keepAlive).toBe("closed");
  }, 30_000);

  test("says that a code comes too late once the head is there", async () => {
    const { verdict, http } = await jsonOf("body-stalls");

    expect([verdict.isAfterHead, http.status]).toEqual([true, 200]);
  }, 30_000);

  test("takes a Unix socket, an address, and a host without a scheme", async () => {
    const good = zoo.members.find(({ fixture }) => fixture.name === "good")?.started.origin ?? "";
    const port = new URL(good).port;

    const outputs = await Promise.all([
      runOn("unix-socket"),
      // It does not answer a TLS handshake either.
      run([`127.0.0.1:${port}/a?b=c`, "--json", "--timeout", "3"]),
      run([`localhost:${port}`, "--timeout", "3"]),
    ]);

    expect(outputs.map(({ status }) => status)).toEqual([0, 0, 0]);
    expect(JSON.parse(outputs[1].stdout)).toMatchObject({ path: "/a?b=c", client: "http" });
  }, 30_000);

  test("lets no control character of the origin through to the terminal", async () => {
    const { stdout } = await runOn("reason-with-control-byte");

    expect(stdout).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
  }, 30_000);

  test.each([
    [["ftp://shop.test"], 'URL: must have the scheme http or https (found "ftp://shop.test")'],
    [["shop.test", "--timeout", "soon"], '--timeout: must be seconds, up to 600 (found "soon")'],
    [["shop.test", "--sni", "a b"], "--sni: must be request, origin, or a host name"],
    [["shop.test", "--ca", "/none.pem"], "--ca: names a file that cannot be read: ENOENT"],
    [["shop.test", "--resolver", "dns.test"], "--resolver: must be"],
    [["shop.test", "--ssl", "loose"], "argument 'loose' is invalid"],
  ])(
    "exits with 2 for %j",
    async (args, message) => {
      const { status, stdout, stderr } = await run(args);

      expect([status, stdout]).toEqual([2, ""]);
      expect(stderr).toContain(message);
    },
    30_000,
  );
});

/** Runs the command against a gateway with a zone for an origin whose certificate has expired. */
async function runWithGateway(args: readonly string[]): Promise<Output> {
  const zone = zoneFor(zoo, "expired", rootFile, { errors: { profile: "mine" } });
  const rows = { tls_certificate_error: { status: 599 } };
  await using admin = await startAdmin({
    profiles: { mine: { extends: "cloudflare", codes: rows } },
    zones: [zone],
  });
  const output = await run([...args, "--admin", admin.url]);
  return output;
}

describe("edgecase diagnose --zone", () => {
  test("goes the way that a running gateway goes, with the zone's settings", async () => {
    const { status, stdout } = await runWithGateway(["--zone", "expired.test", "--json"]);

    const diagnoses = JSON.parse(stdout) as Diagnosis[];
    expect(diagnoses.flatMap((one) => schemaProblems(diagnosisSchema, one))).toEqual([]);
    expect(status).toBe(12);
    expect(diagnoses.map(({ host, ssl, verdict }) => [host, ssl, verdict.failure?.reason])).toEqual(
      [["expired.test", "strict", "expired"]],
    );
    expect(diagnoses[0]?.verdict.codes[0]?.codes).toMatchObject({ cloudflare: 526, mine: 599 });
  }, 30_000);

  test.each([
    [["--zone", "expierd.test"], 'did you mean "expired.test"?'],
    [["--zone", "expired.test", "--ssl", "full"], "--ssl: cannot be said of a zone"],
    [["--zone", "expired.test", "shop.test"], "URL: must be named, or else a zone with --zone"],
  ])(
    "exits with 2 for %j",
    async (args, message) => {
      const { status, stderr } = await runWithGateway(args);

      expect(status).toBe(2);
      expect(stderr).toContain(message);
    },
    30_000,
  );
});
