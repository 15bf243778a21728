import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { makeCertificates } from "../../fixtures/tls/certificates.ts";
import { ConfigError, type ConfigProblem } from "../../src/config/config-error.ts";
import type { GatewayConfig } from "../../src/config/gateway-config.ts";
import { parseConfig } from "../../src/config/read-file.ts";
import { resolveConfig } from "../../src/config/resolve.ts";
import type { ConfigFile, SslMode, ZoneFile } from "../../src/config/schema.ts";

const folder = mkdtempSync(join(tmpdir(), "edgecase-test-"));

beforeAll(async () => {
  const certificates = await makeCertificates("localhost");
  const { clientPair } = certificates;
  const other = await certificates.pair("good");
  writeFileSync(join(folder, "edge.pem"), clientPair.cert);
  writeFileSync(join(folder, "edge.key"), clientPair.key);
  writeFileSync(join(folder, "other.key"), other.key);
  writeFileSync(join(folder, "broken.pem"), "-----BEGIN CERTIFICATE-----\nQUJD\n-----END CERTIFICATE-----\n"); // prettier-ignore
});

afterAll(() => {
  rmSync(folder, { recursive: true });
});

function resolve(zone: Partial<ZoneFile>, more: ConfigFile = {}): GatewayConfig {
  const zones = [{ hosts: ["a.test"], origins: ["app.test"], ...zone }];
  const text = JSON.stringify({ zones, ...more }, null, 1);
  return resolveConfig(parseConfig(text, null), join(folder, "edgecase.json"));
}

function problemsOf(zone: Partial<ZoneFile>, more?: ConfigFile): readonly ConfigProblem[] {
  try {
    resolve(zone, more);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
}

describe("an origin without scheme and port", () => {
  test.each([
    ["off", 80, 80],
    ["flexible", 80, 80],
    ["full", 80, 443],
    ["strict", 80, 443],
    ["origin_pull", 443, 443],
  ] as [SslMode, number, number][])(
    "under %s is at port %i for clients on http, at %i for clients on https",
    (ssl, plain, secured) => {
      const [origin] =
        resolve({ ssl }).zones[0]?.pools[0]?.origins.map(({ targets }) => targets) ?? [];

      expect([origin?.http.port, origin?.https.port]).toEqual([plain, secured]);
      expect([origin?.http.tls !== null, origin?.https.tls !== null]).toEqual([
        plain === 443,
        secured === 443,
      ]);
      expect(origin?.http === origin?.https).toBe(plain === secured);
    },
  );
});

describe("what cannot work is refused", () => {
  const edge = { cert: "edge.pem", key: "edge.key" };
  test.each<[string, Partial<ZoneFile>, Partial<ConfigProblem>]>([
    [
      "ciphers that do not exist",
      { tls: { ciphers: "ROT13" } },
      {
        path: "zones[0].tls.ciphers",
        rule: "must be ciphers as OpenSSL has them",
        found: '"ROT13"',
      },
    ],
    ["no ciphers at all", { tls: { ciphers: "" } }, { path: "zones[0].tls.ciphers", found: '""' }],
    [
      "a version that does not exist",
      { tls: { minVersion: "SSLv3" as "TLSv1" } },
      { path: "zones[0].tls.minVersion", found: '"SSLv3"' },
    ],
    [
      "a key of another certificate",
      { clientCertificate: { ...edge, key: "other.key" } },
      {
        path: "zones[0].clientCertificate.key",
        rule: "must be the key of the certificate",
        found: '"other.key"',
      },
    ],
    [
      "a certificate in place of a key",
      { clientCertificate: { ...edge, key: "edge.pem" } },
      {
        path: "zones[0].clientCertificate.key",
        rule: "must hold a private key without passphrase",
      },
    ],
    [
      "a certificate that cannot be read",
      { clientCertificate: { ...edge, cert: "broken.pem" } },
      { path: "zones[0].clientCertificate.cert", rule: "must hold a certificate that can be read" },
    ],
    [
      "a CA that cannot be read",
      { originCa: "broken.pem" },
      { path: "zones[0].originCa", rule: "must hold certificates that can be read" },
    ],
    ["a CA file with a key alone", { originCa: "edge.key" }, { path: "zones[0].originCa" }],
    [
      "a server name that is an address",
      { sni: "192.0.2.1" },
      { path: "zones[0].sni", found: '"192.0.2.1"' },
    ],
    ["a server name with a port", { sni: "a.test:443" }, { path: "zones[0].sni" }],
    [
      "a Server field that would be several",
      { fields: { server: "edge\r\nset-cookie: a" } },
      { path: "zones[0].fields.server", rule: "must be visible ASCII" },
    ],
    [
      "a country of three letters",
      { fields: { ipCountry: "USA" } },
      { path: "zones[0].fields.ipCountry", found: '"USA"' },
    ],
    [
      "a Host that would be several fields",
      { hostHeader: "a.test\r\nx: y" },
      { path: "zones[0].hostHeader" },
    ],
  ])("%s", (_title, zone, problem) => {
    expect(problemsOf(zone)).toMatchObject([{ ...problem, line: expect.any(Number) }]);
  });

  test("ssl: off where there is no HTTP to send clients to", () => {
    expect(problemsOf({ ssl: "off" }, { listen: { http: false } })).toMatchObject([
      { path: "zones[0].ssl", rule: "must not be off where listen.http is false", found: '"off"' },
    ]);
  });

  test("and what can is not", () => {
    const tls = { minVersion: "TLSv1", ciphers: "ECDHE-RSA-AES128-GCM-SHA256" } as const;

    const problems = problemsOf({
      tls,
      clientCertificate: edge,
      originCa: "edge.pem",
      sni: "b.test",
      hostHeader: "[::1]:80",
    });

    expect(problems).toEqual([]);
  });
});
