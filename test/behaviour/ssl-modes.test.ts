import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { type Certificates, makeCertificates } from "../../fixtures/tls/certificates.ts";
import type { SslMode, ZoneFile } from "../../src/config/schema.ts";
import { type EitherOrigin, startEitherOrigin } from "../helpers/either-origin.ts";
import { startGateway, startGatewayOn, type TestGateway } from "../helpers/gateway.ts";
import { field, type RawResponse } from "../helpers/raw-client.ts";

const folder = mkdtempSync(join(tmpdir(), "edgecase-test-"));
const rootFile = join(folder, "root.pem");
let certificates: Certificates;

/** Origins on one port each, by what they can do. */
const origins = {} as Record<"good" | "self-signed" | "plain", EitherOrigin>;

beforeAll(async () => {
  certificates = await makeCertificates("localhost");
  writeFileSync(rootFile, certificates.rootPem);
  origins.good = await startEitherOrigin(await certificates.pair("good"));
  origins["self-signed"] = await startEitherOrigin(await certificates.pair("self-signed"));
  origins.plain = await startEitherOrigin(null);
});

afterAll(async () => {
  await Promise.all(Object.values(origins).map((origin) => origin[Symbol.asyncDispose]()));
  rmSync(folder, { recursive: true });
});

/** A gateway that takes this machine for a trusted proxy, so that a client can come by https without TLS. */
function startMode(
  ssl: SslMode,
  origin: string,
  more: Partial<ZoneFile> = {},
): Promise<TestGateway> {
  return startGatewayOn({
    trustedProxies: ["127.0.0.0/8"],
    zones: [{ hosts: ["shop.test"], origins: [origin], ssl, originCa: rootFile, ...more }],
  });
}

function getBy(gateway: TestGateway, scheme: "http" | "https"): Promise<RawResponse> {
  return gateway.get("/a?b=1", [["X-Forwarded-Proto", scheme], ["Accept", "application/json"]]); // prettier-ignore
}

/** What the origin was spoken to in, or the status that the client got instead. */
async function outcome(gateway: TestGateway, scheme: "http" | "https"): Promise<string> {
  const response = await getBy(gateway, scheme);
  return response.status === 200 ? response.body.toString() : String(response.status);
}

describe("an origin without a scheme is spoken to as the SSL mode says", () => {
  test.each([
    // mode, client's scheme, then: origin with a good certificate, with a self-signed one, without TLS
    ["off", "http", "http", "http", "http"],
    ["off", "https", "301", "301", "301"],
    ["flexible", "http", "http", "http", "http"],
    ["flexible", "https", "http", "http", "http"],
    ["full", "http", "http", "http", "http"],
    ["full", "https", "tls", "tls", "525"],
    ["strict", "http", "http", "http", "http"],
    ["strict", "https", "tls", "526", "525"],
    ["origin_pull", "http", "tls", "526", "525"],
    ["origin_pull", "https", "tls", "526", "525"],
  ] as const)("%s, client on %s", async (ssl, scheme, ...expected) => {
    const kinds = ["good", "self-signed", "plain"] as const;
    const gateways = await Promise.all(
      kinds.map((kind) => startMode(ssl, `localhost:${origins[kind].port}`)),
    );

    const outcomes = await Promise.all(gateways.map((gateway) => outcome(gateway, scheme)));

    await Promise.all(gateways.map((gateway) => gateway.close()));
    expect(outcomes).toEqual(expected);
  });
});

describe("an origin with a scheme keeps it", () => {
  test.each([
    ["off", "http", "tls"],
    ["flexible", "http", "tls"],
    ["flexible", "https", "tls"],
    ["full", "http", "tls"],
    ["full", "https", "tls"],
    ["strict", "http", "526"],
    ["strict", "https", "526"],
    ["origin_pull", "http", "526"],
  ] as const)("https:// under %s, client on %s", async (ssl, scheme, expected) => {
    await using gateway = await startMode(ssl, `https://localhost:${origins["self-signed"].port}`);

    expect(await outcome(gateway, scheme)).toBe(expected);
  });

  test.each(["flexible", "full", "strict", "origin_pull"] as const)(
    "http:// under %s, client on https",
    async (ssl) => {
      await using gateway = await startMode(ssl, `http://localhost:${origins.good.port}`);

      expect(await outcome(gateway, "https")).toBe("http");
    },
  );
});

test("the two ways to one origin are one origin to the metrics, and keep their connections apart", async () => {
  await using gateway = await startMode("full", `localhost:${origins.good.port}`);

  const outcomes = [
    await outcome(gateway, "http"),
    await outcome(gateway, "https"),
    await outcome(gateway, "http"),
  ];

  const { body } = await gateway.gateway.metrics.scrape(undefined);
  const idle = body.split("\n").filter((line) => /^edgecase_origin_connections.*idle/.test(line));
  expect(outcomes).toEqual(["http", "tls", "http"]);
  expect(idle).toEqual([expect.stringMatching(/ 2$/)]);
});

describe("off", () => {
  test("sends a client on https to the same URL on the gateway's HTTP port, and asks no origin", async () => {
    await using gateway = await startMode("off", `localhost:${origins.good.port}`);
    const before = origins.good.seen.length;

    const response = await getBy(gateway, "https");

    expect(response.status).toBe(301);
    expect(field(response, "location")).toBe(`http://shop.test:${gateway.port}/a?b=1`);
    expect(field(response, "cf-ray")).toMatch(/^[0-9a-f]{16}-DEV$/);
    expect(response.body.length).toBe(0);
    expect(origins.good.seen.length).toBe(before);
    expect(await gateway.line()).toMatchObject({ status: 301, originStatus: 0, failure: null });
  });

  test("reads away the body of a request that it redirects, or closes", async () => {
    await using gateway = await startMode("off", `localhost:${origins.good.port}`);

    const response = await gateway.request({
      method: "POST",
      bodyBytes: 100_000,
      headers: [["X-Forwarded-Proto", "https"]],
    });

    expect([response.status, response.ending]).toEqual([301, "complete"]);
    expect(field(response, "connection")).toBe("close");
  });
});

describe("full", () => {
  test.each([
    ["self-signed", "self_signed"],
    ["expired", "expired"],
    ["wrong-host", "wrong_host"],
    ["untrusted-root", "untrusted_root"],
    ["incomplete-chain", "incomplete_chain"],
  ])(
    "lets a %s certificate pass, and logs for every request that strict would not",
    async (fixture, reason) => {
      await using gateway = await startGateway({ fixtures: [fixture], zone: { ssl: "full" } });

      const client = gateway.connect();
      const first = await client.request({ headers: [["Host", `${fixture}.test`]] });
      const second = await client.request({ headers: [["Host", `${fixture}.test`]] });
      client.close();

      const detail = `strict would refuse the certificate: tls_certificate_error/${reason}`;
      const rest = { status: 200, code: null, failure: null, level: 30, detail };
      await gateway.line(({ reused }) => reused === true);
      expect([first.status, second.status]).toEqual([200, 200]);
      expect(gateway.lines).toMatchObject([{ ...rest, reused: false }, { ...rest, reused: true }]); // prettier-ignore
    },
  );

  test.each(["tls-good", "wildcard-name"])("has nothing to say of %s", async (fixture) => {
    await using gateway = await startGateway({ fixtures: [fixture], zone: { ssl: "full" } });

    await gateway.get();

    expect(await gateway.line()).toMatchObject({ status: 200, detail: null });
  });

  test.each(["no-certificate-sent", "plain-http-on-tls-port", "no-shared-cipher"])(
    "cannot do without a handshake: %s is 525",
    async (fixture) => {
      await using gateway = await startGateway({ fixtures: [fixture], zone: { ssl: "full" } });

      const response = await gateway.get();

      expect(response.status).toBe(525);
    },
  );
});
