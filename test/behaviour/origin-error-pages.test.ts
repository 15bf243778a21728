// originErrorPages: whether an origin's own 502 and 504 reach the client, or give way to a page of the edge.

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, describe, expect, test } from "vitest";

import type { ConfigFile, ZoneFile } from "../../src/config/schema.ts";
import { startGatewayOn, type TestGateway, waitFor } from "../helpers/gateway.ts";
import { ok, startOrigin, type TestOrigin } from "../helpers/origin.ts";
import { field } from "../helpers/raw-client.ts";

const folder = mkdtempSync(join(tmpdir(), "edgecase-test-"));
const page = join(folder, "5xx.html");
writeFileSync(page, "<head></head>the owner's page ::CLOUDFLARE_ERROR_500S_BOX::");
afterAll(() => rmSync(folder, { recursive: true }));

const own = "the origin's own page";

/** An origin that answers every request with this status, a page of its own, and fields of its own. */
function startFailing(status: number): Promise<TestOrigin> {
  const fields = "X-Powered-By: Orchid\r\nSet-Cookie: a=1\r\n";
  return startOrigin((socket) => socket.write(ok(own, fields, `HTTP/1.1 ${status} Of Its Own`)));
}

/** A gateway with one zone for every host. */
function startZone(
  origin: TestOrigin,
  zone: Partial<ZoneFile>,
  errors: ConfigFile["errors"] = {},
): Promise<TestGateway> {
  return startGatewayOn({ errors, zones: [{ hosts: ["*"], origins: [origin.url], ...zone }] });
}

describe("by default", () => {
  test.each([500, 502, 503, 504, 520])(
    "an origin's own %i is passed on untouched",
    async (status) => {
      await using origin = await startFailing(status);
      await using gateway = await startZone(origin, { errorPages: { "5xx": page } });

      const response = await gateway.get("/", [["Accept-Encoding", "gzip"]]);

      expect(response).toMatchObject({ status, reason: "Of Its Own" });
      expect(response.body.toString()).toBe(own);
      expect(field(response, "x-powered-by")).toBe("Orchid");
    },
  );
});

describe("with originErrorPages: replace", () => {
  test.each([
    [502, "Bad gateway", "text/html", "text/html; charset=utf-8"],
    [504, "Gateway timeout", "text/html", "text/html; charset=utf-8"],
    [502, "Bad gateway", "application/json", "application/json; charset=utf-8"],
    [504, "Gateway timeout", "text/plain", "text/plain; charset=utf-8"],
    [502, "Bad gateway", "text/markdown", "text/markdown; charset=utf-8"],
  ])(
    "an origin's own %i keeps its status and has a page of the edge, %s, for %s",
    async (status, title, accept, contentType) => {
      await using origin = await startFailing(status);
      await using gateway = await startZone(origin, { originErrorPages: "replace" });

      const response = await gateway.get("/", [["Accept", accept]]);

      expect(response).toMatchObject({ status, ending: "complete" });
      expect(response.body.toString()).toContain(title);
      expect(response.body.toString()).not.toContain(own);
      expect(field(response, "content-type")).toBe(contentType);
    },
  );

  test("nothing of the origin's response is left but its status", async () => {
    await using origin = await startFailing(502);
    await using gateway = await startZone(
      origin,
      { originErrorPages: "replace" },
      { pages: "sanitized" },
    );

    const response = await gateway.get();

    expect(response.reason).toBe("Bad Gateway");
    expect(response.headers.map(([name]) => name.toLowerCase()).toSorted()).toEqual([
      "cache-control",
      "cf-ray",
      "connection",
      "content-length",
      "content-security-policy",
      "content-type",
      "date",
      "keep-alive",
      "x-content-type-options",
      "x-robots-tag",
    ]);
  });

  test.each([
    ["verbose", true],
    ["sanitized", false],
  ] as const)("a %s page says that the origin itself answered: %s", async (pages, isSaid) => {
    await using origin = await startFailing(504);
    await using gateway = await startZone(origin, { originErrorPages: "replace" }, { pages });

    const response = await gateway.get("/", [["Accept", "text/plain"]]);

    expect(response.body.toString().includes("The origin itself answered 504")).toBe(isSaid);
    expect(field(response, "proxy-status")).toBe(
      isSaid ? "edgecase; received-status=504" : undefined,
    );
  });

  test("it is the owner's page if the zone has one, for clients that name an encoding", async () => {
    await using origin = await startFailing(502);
    await using gateway = await startZone(origin, {
      originErrorPages: "replace",
      errorPages: { "5xx": page },
    });

    const encoded = await gateway.get("/", [["Accept-Encoding", "gzip"]]);
    const plain = await gateway.get("/");

    expect(encoded.body.toString()).toContain("the owner's page <div");
    expect(encoded.status).toBe(502);
    expect(plain.body.toString()).not.toContain("the owner's page");
  });

  test("a rule goes before it, and keeps the origin's fields", async () => {
    await using origin = await startFailing(502);
    await using gateway = await startZone(origin, {
      originErrorPages: "replace",
      errorRules: [{ status: [502], body: "by rule" }],
    });

    const response = await gateway.get();

    expect(response.body.toString()).toBe("by rule");
    expect(field(response, "x-powered-by")).toBe("Orchid");
  });

  test.each([200, 404, 500, 503, 505, 520, 530])(
    "an origin's own %i is passed on",
    async (status) => {
      await using origin = await startFailing(status);
      await using gateway = await startZone(origin, { originErrorPages: "replace" });

      const response = await gateway.get();

      expect(response.status).toBe(status);
      expect(response.body.toString()).toBe(own);
    },
  );

  test("it is no failure of the origin's: nothing counts it, and the line has no code", async () => {
    await using origin = await startFailing(502);
    await using gateway = await startZone(origin, { originErrorPages: "replace" });

    await gateway.get();

    expect(await gateway.line()).toMatchObject({
      status: 502,
      originStatus: 502,
      code: null,
      failure: null,
    });
    expect(await gateway.metric("edgecase_failures_total")).toBe(0);
    expect(await gateway.metric("edgecase_errors_total")).toBe(0);
    expect(await gateway.metric("edgecase_requests_total", { status: "502" })).toBe(1);
  });

  test("HEAD has the fields of GET and no content", async () => {
    await using origin = await startOrigin((socket, head) =>
      socket.write(
        head.startsWith("HEAD")
          ? "HTTP/1.1 502 Of Its Own\r\nContent-Length: 10\r\n\r\n"
          : ok(own, "", "HTTP/1.1 502 Of Its Own"),
      ),
    );
    await using gateway = await startZone(origin, { originErrorPages: "replace" });

    const get = await gateway.get();
    const head = await gateway.request({ method: "HEAD" });

    expect(head).toMatchObject({ status: 502, ending: "complete", body: Buffer.alloc(0) });
    expect(field(head, "content-length")).toBe(field(get, "content-length"));
  });

  test("both connections carry the next request, after an upload too", async () => {
    await using origin = await startFailing(502);
    await using gateway = await startZone(origin, { originErrorPages: "replace" });
    const client = gateway.connect();
    const upload = { method: "POST", bodyBytes: 1_000, headers: [["Host", "a.test"]] } as const;

    const statuses = [
      (await client.request(upload)).status,
      (await client.request(upload)).status,
      (await client.request({ headers: [["Host", "a.test"]] })).status,
    ];

    client.close();
    await waitFor(() => gateway.lines.length === 3, "three lines");
    expect(statuses).toEqual([502, 502, 502]);
    expect(origin.connections).toBe(1);
  });

  test("another zone's origin keeps its page", async () => {
    await using origin = await startFailing(502);
    await using gateway = await startGatewayOn({
      zones: [
        { hosts: ["a.test"], origins: [origin.url], originErrorPages: "replace" },
        { hosts: ["b.test"], origins: [origin.url] },
      ],
    });

    const kept = await gateway.request({ host: "b.test" });

    expect(kept.body.toString()).toBe(own);
  });
});
