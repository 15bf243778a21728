// The whole zoo through `edgecase diagnose` and through a gateway: what the one says and what the other answers cannot differ.

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { fixtures } from "../../fixtures/index.ts";
import { startZoo, type Zoo } from "../../fixtures/zoo.ts";
import { diagnose } from "../../src/diagnose/diagnose.ts";
import { diagnosisSchema } from "../../src/diagnose/report.ts";
import { startGatewayOn, type TestGateway, zoneFor } from "../helpers/gateway.ts";
import { schemaProblems } from "../helpers/schema-problems.ts";

/** For each step of both: what works has to be done by then, although dozens are under way. */
const timeoutMs = 3_000;
const timeouts = {
  dnsMs: timeoutMs,
  connectMs: timeoutMs,
  handshakeMs: timeoutMs,
  responseMs: timeoutMs,
  bodyIdleMs: timeoutMs,
};

/** Its head comes byte by byte, each when this process has a moment for it. */
const slow: ReadonlySet<string> = new Set(["one-byte-at-a-time"]);

/** A diagnosis sends plain GET requests: faults that need another request, or several, are none for it. */
const diagnosed = fixtures.filter(
  ({ request, needs }) => request === undefined && needs !== "network-namespace",
);

/** A process this busy may read the close that goes before a reset alone; the suites of each failure look at that more closely. */
function asClosed(reason: unknown): unknown {
  return typeof reason === "string" ? reason.replace(/^reset_/, "closed_") : reason;
}

describe("a diagnosis", () => {
  const folder = mkdtempSync(join(tmpdir(), "edgecase-test-"));
  const rootFile = join(folder, "root.pem");
  let zoo: Zoo;
  let gateway: TestGateway;

  beforeAll(async () => {
    zoo = await startZoo({ only: (fixture) => diagnosed.includes(fixture) });
    writeFileSync(rootFile, zoo.rootPem);
    gateway = await startGatewayOn({
      timeouts,
      zones: zoo.members.map(({ fixture, started }) => ({
        ...zoneFor(zoo, fixture.name, rootFile),
        origins: [started.origin],
      })),
    });
  });

  afterAll(async () => {
    await gateway.close();
    await zoo.close();
    rmSync(folder, { recursive: true });
  });

  test.concurrent.each(diagnosed.map((fixture) => [fixture.name, fixture] as const))(
    "says of %s what the gateway says",
    async (name, { zone }) => {
      const member = zoo.members.find(({ fixture }) => fixture.name === name);
      if (member === undefined) return; // This machine cannot have it.
      const host = `${name}.test`;

      const diagnosis = await diagnose({
        url: member.started.origin,
        host,
        ca: rootFile,
        resolvers: [zoo.dnsServer],
        timeoutMs: slow.has(name) ? 5 * timeoutMs : timeoutMs,
        http2: zone?.http2 ?? false,
        h2c: zone?.h2c ?? false,
      });
      await gateway.get("/", [["Host", host]]).catch(() => null);
      const line = await gateway.line((one) => one["host"] === host);

      const { failure, codes } = diagnosis.verdict;
      const strict = codes.find((code) => code.ssl === "strict" && code.client === "http");
      expect({
        failure: failure?.type ?? null,
        reason: asClosed(failure?.reason ?? null),
        code: strict?.codes["cloudflare"] ?? null,
      }).toEqual({
        failure: line["failure"],
        reason: asClosed(line["reason"]),
        code: line["code"],
      });
      expect(schemaProblems(diagnosisSchema, diagnosis)).toEqual([]);
    },
    30_000,
  );
});
