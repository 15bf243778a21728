import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { type Certificates, makeCertificates } from "../../fixtures/tls/certificates.ts";
import type { ZoneFile } from "../../src/config/schema.ts";
import { type EitherOrigin, startEitherOrigin } from "../helpers/either-origin.ts";
import { startGateway, startGatewayOn, type TestGateway } from "../helpers/gateway.ts";

const folder = mkdtempSync(join(tmpdir(), "edgecase-test-"));
const files = {
  root: join(folder, "root.pem"),
  cert: join(folder, "edge.pem"),
  key: join(folder, "edge.key"),
};
let certificates: Certificates;
let origin: EitherOrigin;

beforeAll(async () => {
  certificates = await makeCertificates("localhost");
  writeFileSync(files.root, certificates.rootPem);
  writeFileSync(files.cert, certificates.clientPair.cert);
  writeFileSync(files.key, certificates.clientPair.key);
  origin = await startEitherOrigin({
    ...(await certificates.pair("good")),
    ca: certificates.rootPem,
    requestCert: true,
    rejectUnauthorized: false,
    minVersion: "TLSv1",
    ciphers: "DEFAULT:@SECLEVEL=0",
  });
});

afterAll(async () => {
  await origin[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true });
});

function startBefore(zone: Partial<ZoneFile>): Promise<TestGateway> {
  return startGatewayOn({
    zones: [
      {
        hosts: ["shop.test"],
        origins: [`https://localhost:${origin.port}`],
        originCa: files.root,
        ...zone,
      },
    ],
  });
}

describe("the name in the handshake", () => {
  test.each([
    ["is the origin's own", {}, "localhost", "shop.test"],
    ["is the request's with sni: request", { sni: "request" }, "shop.test", "shop.test"],
    ["follows a hostHeader of its own", { hostHeader: "app.test:81" }, "app.test", "app.test:81"],
    ["does not follow hostHeader: origin", { hostHeader: "origin" }, "localhost", /^localhost:/],
    ["is what sni says", { hostHeader: "app.test", sni: "b.test" }, "b.test", "app.test"],
    ["stays with sni: origin", { hostHeader: "app.test", sni: "origin" }, "localhost", "app.test"],
    ["is none where hostHeader is an address", { hostHeader: "[::1]:81" }, false, "[::1]:81"],
  ] as const)("%s", async (_title, zone, serverName, host) => {
    await using gateway = await startBefore({ ...zone, ssl: "full" });

    await gateway.get();

    const seen = origin.seen.at(-1);
    expect(seen?.serverName).toBe(serverName);
    expect(seen?.host).toMatch(host);
  });

  test("set by hostHeader is one that the certificate may bear", async () => {
    await using gateway = await startGateway({
      fixtures: ["wrong-host"],
      zone: { hostHeader: "elsewhere.zoo.test" },
    });

    const response = await gateway.get();

    expect(response.status).toBe(526);
  });
});

describe("a client certificate", () => {
  test("is shown to an origin that asks for one", async () => {
    const { cert, key } = files;
    await using gateway = await startBefore({ clientCertificate: { cert, key } });

    await gateway.get();

    expect(origin.seen.at(-1)?.clientName).toEqual(expect.any(String));
  });

  test("is left out where there is no TLS: off and flexible", async () => {
    const { cert, key } = files;
    await using gateway = await startBefore({
      origins: [`localhost:${origin.port}`],
      ssl: "flexible",
      clientCertificate: { cert, key },
    });

    await gateway.get();

    expect(origin.seen.at(-1)).toMatchObject({ scheme: "http" });
  });
});

describe("versions and ciphers", () => {
  test.each([
    ["tls-1-0-only", "TLSv1", 200],
    ["tls-1-1-only", "TLSv1.1", 200],
    ["tls-1-0-only", "TLSv1.1", 525],
    ["tls-1-1-only", "TLSv1.2", 525],
    ["tls-1-2-only", "TLSv1", 200],
    ["tls-1-2-only", "TLSv1.3", 525],
    ["tls-1-3-only", "TLSv1.3", 200],
  ] as const)("%s with minVersion %s answers %i", async (fixture, minVersion, status) => {
    await using gateway = await startGateway({
      fixtures: [fixture],
      zone: { tls: { minVersion } },
    });

    const response = await gateway.get();

    expect(response.status).toBe(status);
  });

  test("are 1.2 and up unless told", async () => {
    await using gateway = await startGateway({ fixtures: ["tls-1-1-only", "tls-1-2-only"] });

    const [old, current] = [await gateway.get(), await gateway.get("/", [["Host", "tls-1-2-only.test"]])]; // prettier-ignore

    expect([old.status, current.status]).toEqual([525, 200]);
  });

  test("are those of tls.ciphers", async () => {
    await using gateway = await startBefore({
      tls: { ciphers: "TLS_CHACHA20_POLY1305_SHA256" },
    });

    await gateway.get();

    expect(origin.seen.at(-1)?.cipher).toBe("TLS_CHACHA20_POLY1305_SHA256");
  });

  test("that the origin does not share are 525", async () => {
    await using gateway = await startGateway({
      fixtures: ["tls-1-2-only"],
      zone: { tls: { ciphers: "ECDHE-RSA-AES128-GCM-SHA256" } },
    });

    const response = await gateway.get();

    expect(response.status).toBe(525);
  });

  test.each(["sha1-signature", "weak-key", "expired"])(
    "before 1.2 make no %s certificate valid",
    async (fixture) => {
      await using gateway = await startGateway({
        fixtures: [fixture],
        zone: { tls: { minVersion: "TLSv1" } },
      });

      const response = await gateway.get();

      expect(response.status).toBe(526);
    },
  );
});
