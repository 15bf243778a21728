// A site owner's own error pages: which errors they are for, and what becomes of their tokens.

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, describe, expect, test } from "vitest";

import type { ConfigFile, ZoneFile } from "../../src/config/schema.ts";
import { startGateway, startGatewayOn, type TestGateway } from "../helpers/gateway.ts";
import { field, type RawResponse } from "../helpers/raw-client.ts";

const folder = mkdtempSync(join(tmpdir(), "edgecase-test-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** Writes a page, and says where. */
function pageOf(name: string, content: string | Buffer): string {
  const file = join(folder, name);
  writeFileSync(file, content);
  return file;
}

const head = "<html>\r\n<head><title>Öde</title></head>";
const errorPages = {
  "5xx": pageOf(
    "5xx.html",
    `\ufeff${head}<body>::CLOUDFLARE_ERROR_500S_BOX::<i>::RAY_ID::|::CLIENT_IP::|::GEO::|::RAY_ID::</i></body>`,
  ),
  "1xxx": pageOf("1xxx.html", `${head}<body>thousands ::CLOUDFLARE_ERROR_1000S_BOX::</body>`),
};

const nowhere = "http://127.0.0.1:9";
const encoded = ["Accept-Encoding", "gzip"] as const;

/** A gateway with one zone for every host; its origin refuses connections. */
function startZone(zone: Partial<ZoneFile> = {}, config: ConfigFile = {}): Promise<TestGateway> {
  return startGatewayOn({
    ...config,
    zones: [{ hosts: ["*"], origins: [nowhere], errorPages, ...zone }],
  });
}

function rayOf(response: RawResponse): string {
  return (field(response, "cf-ray") ?? "").slice(0, 16);
}

describe("the owner's page", () => {
  test.each([
    "text/html",
    "application/json",
    "application/problem+json",
    "text/plain",
    "*/*",
    "image/png;q=1",
  ])("answers a request that accepts %s", async (accept) => {
    await using gateway = await startZone();

    const response = await gateway.get("/", [encoded, ["Accept", accept]]);

    expect(response.status).toBe(521);
    expect(field(response, "content-type")).toBe("text/html; charset=utf-8");
    expect(response.body.toString()).toContain("<title>Öde</title>");
  });

  test("has the ray id, the client's address and country in the places of its tokens, every time they stand there", async () => {
    await using gateway = await startZone({ fields: { ipCountry: "DE" } });

    const response = await gateway.get("/", [encoded]);

    const ray = rayOf(response);
    expect(ray).toMatch(/^[0-9a-f]{16}$/);
    expect(response.body.toString()).toContain(`<i>${ray}|127.0.0.1|DE|${ray}</i>`);
    expect(response.body.toString()).not.toMatch(/::[A-Z]/);
  });

  test.each([
    [{}, "XX"],
    [{ ipCountry: null }, "XX"],
    [{ ipCountry: "T1" }, "T1"],
  ])("with fields %j has the country %s", async (fields, country) => {
    await using gateway = await startZone({ fields });

    const response = await gateway.get("/", [encoded]);

    expect(response.body.toString()).toContain(`|127.0.0.1|${country}|`);
  });

  test("is byte for byte what the owner wrote, around the tokens", async () => {
    await using gateway = await startZone();

    const { body } = await gateway.get("/", [encoded]);

    const start = Buffer.from(`\ufeff${head}<body>`);
    expect(body.subarray(0, start.length)).toEqual(start);
    expect(body.toString().endsWith("</i></body>")).toBe(true);
  });

  test("has the edge's fields, and no policy that would keep its scripts and styles from working", async () => {
    await using gateway = await startZone({ errors: { pages: "sanitized" } });

    const response = await gateway.get("/", [encoded]);

    expect(response.headers.map(([name]) => name.toLowerCase()).toSorted()).toEqual([
      "cache-control",
      "cf-ray",
      "connection",
      "content-length",
      "content-type",
      "date",
      "keep-alive",
      "x-content-type-options",
      "x-robots-tag",
    ]);
    expect(field(response, "cache-control")).toBe("no-store");
  });

  test("is not sent in answer to HEAD, but its fields are", async () => {
    // A verbose page tells durations, whose length differs.
    await using gateway = await startZone({ errors: { pages: "sanitized" } });

    const get = await gateway.get("/", [encoded]);
    const answer = await gateway.request({ method: "HEAD", headers: [encoded] });

    expect(answer).toMatchObject({ status: 521, ending: "complete", body: Buffer.alloc(0) });
    expect(field(answer, "content-length")).toBe(String(get.body.length));
    expect(await gateway.line(({ method }) => method === "HEAD")).toMatchObject({
      responseBytes: 0,
    });
  });

  test("may be as large as a CDN allows", async () => {
    const tail = "::CLOUDFLARE_ERROR_500S_BOX::</body></html>";
    const filler = "x".repeat(1_500_000 - Buffer.byteLength(head) - tail.length);
    const file = pageOf("large.html", `${head}${filler}${tail}`);
    await using gateway = await startZone({ errorPages: { "5xx": file } });

    const response = await gateway.get("/", [encoded]);

    expect(response.ending).toBe("complete");
    expect(response.body.length).toBeGreaterThan(1_500_000);
    expect(await gateway.line()).toMatchObject({ responseBytes: response.body.length });
  });

  test("is counted and logged as any answer to a failure", async () => {
    await using gateway = await startZone();

    await gateway.get("/", [encoded]);

    const expected = { status: 521, code: 521, failure: "connection_refused", originStatus: 0 };
    expect(await gateway.line()).toMatchObject(expected);
    expect(await gateway.metric("edgecase_errors_total", { code: "521" })).toBe(1);
  });
});

describe("a page of the edge's own", () => {
  test("answers a request without Accept-Encoding, as Accept says", async () => {
    await using gateway = await startZone();

    const response = await gateway.get("/", [["Accept", "application/json"]]);

    expect(response.status).toBe(521);
    expect(JSON.parse(response.body.toString())).toMatchObject({ error_code: 521 });
  });

  test("answers for a host that no zone has", async () => {
    await using gateway = await startZone({ hosts: ["shop.test"] });

    const response = await gateway.request({ host: "other.test", headers: [encoded] });

    expect(response.status).toBe(409);
    expect(response.body.toString()).not.toContain("Öde");
  });

  test.each([
    [500, "x"],
    [501, "x"],
    [503, "x"],
    [505, "x"],
    [403, "x"],
  ])("answers with %i, for which there are no pages of owners", async (status) => {
    await using gateway = await startZone(
      { errors: { profile: "mine" } },
      { profiles: { mine: { extends: "cloudflare", codes: { connection_refused: { status } } } } },
    );

    const response = await gateway.get("/", [encoded]);

    expect(response.status).toBe(status);
    expect(response.body.toString()).not.toContain("Öde");
  });

  test.each([1001, 1003, 1018, 1023])(
    "answers with error %i, for which there are no pages of owners",
    async (error) => {
      await using gateway = await startZone(
        { errors: { profile: "mine" } },
        {
          profiles: {
            mine: { extends: "cloudflare", codes: { connection_refused: { status: 530, error } } },
          },
        },
      );

      const response = await gateway.get("/", [encoded]);

      expect(response.status).toBe(530);
      expect(response.body.toString()).not.toContain("Öde");
    },
  );
});

describe("the page of its class", () => {
  test.each([502, 504, 520, 524, 526, 530, 599])("answers with %i: 5xx", async (status) => {
    await using gateway = await startZone(
      { errors: { profile: "mine" } },
      { profiles: { mine: { extends: "cloudflare", codes: { connection_refused: { status } } } } },
    );

    const response = await gateway.get("/", [encoded]);

    expect(response.status).toBe(status);
    expect(response.body.toString()).toContain("<i>");
  });

  test("answers with 530 for a name that does not resolve, under the profile cloudflare-1016: 1xxx", async () => {
    await using gateway = await startGateway({
      fixtures: ["nxdomain"],
      errors: { profile: "cloudflare-1016" },
      zone: { errorPages },
    });

    const response = await gateway.get("/", [encoded]);

    expect(response.status).toBe(530);
    expect(response.body.toString()).toContain("thousands ");
    expect(response.body.toString()).toContain("1016");
  });

  test("answers a request that goes round in a circle: 1xxx", async () => {
    await using gateway = await startZone();

    const loop = "edgecase, edgecase, edgecase";
    const response = await gateway.get("/", [encoded, ["CDN-Loop", loop]]);

    expect(response.status).toBe(403);
    expect(response.body.toString()).toContain("thousands ");
  });

  test("counts alone: a zone with a page for one class has the edge's own for the other", async () => {
    await using gateway = await startZone({ errorPages: { "1xxx": errorPages["1xxx"] } });

    const response = await gateway.get("/", [encoded]);

    expect(response.status).toBe(521);
    expect(response.body.toString()).not.toContain("Öde");
  });
});

describe("the box", () => {
  test.each([
    ["verbose", true],
    ["sanitized", false],
  ] as const)("in %s pages names the failure and its place: %s", async (pages, isVerbose) => {
    await using gateway = await startZone({ errors: { pages } });

    const response = await gateway.get("/", [encoded]);

    const text = response.body.toString();
    expect(text).toContain("Web server is down");
    expect(text).toContain(`Ray ID: ${rayOf(response)}`);
    expect(text.includes("connection_refused")).toBe(isVerbose);
    expect(text.includes("127.0.0.1:9")).toBe(isVerbose);
    expect(field(response, "proxy-status") !== undefined).toBe(isVerbose);
  });

  test("shows insiders what the public does not see", async () => {
    await using gateway = await startZone({
      errors: { codes: "generic", pages: "sanitized", reveal: { cidrs: ["127.0.0.0/8"] } },
    });

    const response = await gateway.get("/", [encoded]);

    expect(response.status).toBe(521);
    expect(response.body.toString()).toContain("connection_refused");
  });

  test("tells two failures in the same bytes when codes are generic and pages sanitized, but for ray id and dates", async () => {
    await using gateway = await startGateway({
      fixtures: ["refused", "nxdomain", "closes-silently", "expired", "random-bytes"],
      errors: { codes: "generic", pages: "sanitized" },
      zone: { errorPages },
    });
    const hosts = ["refused", "nxdomain", "closes-silently", "expired", "random-bytes"];

    const answers = await Promise.all(
      hosts.map((name) => gateway.request({ host: `${name}.test`, headers: [encoded] })),
    );

    const texts = answers.map((answer) =>
      answer.bytes
        .toString()
        .replaceAll(rayOf(answer), "RAY")
        .replace(/^Date: .*$/m, "DATE")
        .replaceAll(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ/g, "TIME"),
    );
    expect(texts[0]).toContain("<i>RAY|127.0.0.1|XX|RAY</i>");
    expect(new Set(texts).size).toBe(1);
  });
});
