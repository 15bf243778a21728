// The admin API: what it tells of exchanges, settings and zones, and what it changes.

import { readFileSync } from "node:fs";

import { validate } from "@readme/openapi-parser";
import { describe, expect, test } from "vitest";

import type { FaultNames } from "../../src/admin/fault-schemas.ts";
import type { ExchangeView, SettingsView, Summary, ZoneView } from "../../src/admin/schemas.ts";
import { entriesNamed } from "../../src/explain.ts";
import { startAdmin, startAdminFor, type TestAdmin } from "../helpers/admin.ts";
import { startGateway } from "../helpers/gateway.ts";
import { ok, startOrigin } from "../helpers/origin.ts";

const nowhere = "http://127.0.0.1:9";
const unresolvable = "http://nowhere.invalid";

/** Two zones whose origins fail differently. */
const twoZones = [
  { hosts: ["a.test"], origins: [nowhere] },
  { hosts: ["b.test", "b2.test"], origins: [unresolvable] },
];

async function listOf(admin: TestAdmin, query = "") {
  const answer = await admin.ask(`/api/exchanges${query}`);
  return answer.json() as { exchanges: Summary[]; oldest: number | null; dropped: number };
}

/** The ray id of the exchange that ended last. */
async function lastRay(admin: TestAdmin): Promise<string> {
  const { exchanges } = await listOf(admin, "?limit=1");
  return exchanges[0]?.ray ?? "";
}

/** An access line less what the summary leaves out. */
function wordsOf(line: object | undefined): object {
  const { level: _level, msg: _msg, detail: _detail, ...words } = line as Record<string, unknown>;
  return words;
}

describe("GET /api/exchanges", () => {
  test("has the words and values of the access lines, newest first", async () => {
    await using origin = await startOrigin((socket) => socket.write(ok()));
    await using admin = await startAdmin({
      zones: [
        { hosts: ["a.test"], origins: [origin.url] },
        { hosts: ["b.test"], origins: [nowhere] },
      ],
    });
    await admin.gateway.request({ host: "a.test", target: "/first?token=1" });
    await admin.gateway.request({ host: "b.test", target: "/second" });
    const [first, second] = admin.gateway.lines;

    const { exchanges, oldest, dropped } = await listOf(admin);

    expect(exchanges.map(({ seq, scheme: _scheme, ...exchange }) => [seq, exchange])).toEqual([
      [2, wordsOf(second)],
      [1, wordsOf(first)],
    ]);
    expect([oldest, dropped]).toEqual([1, 0]);
  });

  test.each([
    ["?zone=b.test", ["/2", "/1"]],
    ["?failure=connection_refused", ["/0"]],
    ["?code=523&limit=1", ["/2"]],
    ["?status=521", ["/0"]],
    ["?before=3", ["/1", "/0"]],
    ["?before=2&zone=b.test", []],
    ["?status=200", []],
  ])("%s finds %j", async (query, paths) => {
    await using admin = await startAdmin({ zones: twoZones });
    await admin.gateway.request({ host: "a.test", target: "/0" });
    await admin.gateway.request({ host: "b.test", target: "/1" });
    await admin.gateway.request({ host: "b2.test", target: "/2" });

    const { exchanges } = await listOf(admin, query);

    expect(exchanges.map(({ path }) => path)).toEqual(paths);
  });

  test.each([
    ["limit", "0"],
    ["limit", "501"],
    ["limit", "many"],
    ["before", "0"],
    ["before", "1e99x"],
    ["ray", "../../etc/passwd"],
    ["ray", "0123456789abcdef-DEV%0d%0aX"],
    ["zone", "z".repeat(256)],
    ["failure", "conection_refused"],
    ["sort", "time"],
  ])("answers %s=%s with problem details that name it", async (key, value) => {
    await using admin = await startAdmin({ zones: twoZones });

    const answer = await admin.ask(`/api/exchanges?${key}=${value}`);

    expect(answer.status).toBe(400);
    expect(answer.headers["content-type"]).toMatch(/^application\/problem\+json/);
    expect(answer.json()).toMatchObject({ title: "Bad Request", status: 400, path: key });
  });
});

describe("GET /api/exchanges/{ray}", () => {
  test("has the evidence of the verbose page, whatever page the client got", async () => {
    await using admin = await startAdmin({ errors: { pages: "sanitized" }, zones: twoZones });
    await admin.gateway.get("/");
    const { ray, detail } = await admin.gateway.line();

    const answer = await admin.ask(`/api/exchanges/${String(ray)}`);

    expect(answer.json() as ExchangeView).toMatchObject({
      failure: "connection_refused",
      detail,
      title: "The origin refused the connection",
      evidence: { "Error code": "ECONNREFUSED", Origin: nowhere },
      told: { code: 521, pages: "sanitized" },
    });
  });

  test("has the certificate that was refused, and knows the ray without its place", async () => {
    await using gateway = await startGateway({ fixtures: ["expired"], admin: { port: 0 } });
    await using admin = await startAdminFor(gateway);
    await gateway.get("/");
    const ray = (await lastRay(admin)).slice(0, 16);

    const answer = await admin.ask(`/api/exchanges/${ray}`);

    expect(answer.json()).toMatchObject({
      code: 526,
      reason: "expired",
      certificate: { names: ["origin.zoo.test"], keyBits: 0 },
      evidence: { "Certificate of": "origin.zoo.test" },
      howToFix: expect.arrayContaining([expect.any(String)]),
    });
  });

  test("says 404 of one that never was", async () => {
    await using admin = await startAdmin({ zones: twoZones });

    const answer = await admin.ask("/api/exchanges/0123456789abcdef-DEV");

    expect([answer.status, answer.json()]).toMatchObject([404, { title: "Not Found" }]);
  });

  test("has the failures of the origins that were tried before, although the request went well", async () => {
    await using origin = await startOrigin((socket) => socket.write(ok()));
    await using admin = await startAdmin({
      zones: [{ hosts: ["*"], origins: [nowhere, origin.url] }],
    });
    await admin.gateway.get("/");

    const answer = await admin.ask(`/api/exchanges/${await lastRay(admin)}`);

    expect(answer.json()).toMatchObject({
      status: 200,
      failure: null,
      attempts: [{ origin: nowhere, failure: "connection_refused" }],
      steps: [
        { step: "client" },
        { step: "edge" },
        { step: "dns" },
        { step: "tcp", state: "ok" },
        { step: "tls", state: "skipped" },
        { step: "http", state: "ok" },
      ],
    });
  });
});

describe("PATCH /api/settings", () => {
  test("changes the gateway and every zone, and the next answer follows", async () => {
    await using admin = await startAdmin({ zones: twoZones });

    const answer = await admin.change({ codes: "generic" });

    const { codes, zones } = answer.json() as SettingsView;
    expect([codes, ...zones.map((zone) => zone.codes)]).toEqual(["generic", "generic", "generic"]);
    expect((await admin.gateway.get("/")).status).toBe(502);
  });

  test("changes one zone, by any of its hosts", async () => {
    await using admin = await startAdmin({ zones: twoZones });

    await admin.change({ zone: "b2.test", profile: "rfc9209" });

    const settings = (await admin.ask("/api/settings")).json() as SettingsView;
    expect(settings.zones.map(({ profile }) => profile)).toEqual(["cloudflare", "rfc9209"]);
    expect((await admin.gateway.request({ host: "b.test" })).status).toBe(502);
  });

  test("scales every timeout of the requests that begin after a change of the clock", async () => {
    await using origin = await startOrigin(() => {});
    await using admin = await startAdmin({
      timeouts: { connectMs: 600_000, responseMs: 300_000 },
      zones: [{ hosts: ["*"], origins: [origin.url] }],
    });

    const answer = await admin.change({ clock: 0.001 });

    expect(answer.json()).toMatchObject({ clock: 0.001 });
    expect((await admin.gateway.get("/")).status).toBe(524);
  });

  test("keeps for a new configuration what is to survive one", async () => {
    await using admin = await startAdmin({ zones: twoZones });

    await admin.change({ codes: "generic" });
    await admin.change({ pages: "sanitized", survivesReload: true });
    await admin.change({ profile: "rfc9209", zone: "b.test", survivesReload: true });

    const { gateway } = admin.gateway;
    await gateway.reload(gateway.config);

    const { settings, zones } = gateway;
    expect(settings.errors).toMatchObject({ codes: "detailed", pages: "sanitized" });
    expect(zones.map(({ errors }) => [errors.codes, errors.pages, errors.profile])).toEqual([
      ["detailed", "sanitized", "cloudflare"],
      ["detailed", "sanitized", "rfc9209"],
    ]);
  });

  test.each([
    [{ codess: "generic" }, "codess", "codes"],
    [{ codes: "genric" }, "codes", "generic"],
    [{ profile: "cloudflair" }, "profile", "cloudflare"],
    [{ zone: "c.test", codes: "generic" }, "zone", "a.test"],
    [{ zone: "a.test", clock: 2 }, "clock", undefined],
    [{ clock: 0 }, "clock", undefined],
    [{ clock: "1" }, "clock", undefined],
    [{ codes: null }, "codes", undefined],
    [[], "", undefined],
    [{}, "", undefined],
  ])("refuses %j and changes nothing", async (change, path, nearest) => {
    await using admin = await startAdmin({ zones: twoZones });
    const before = (await admin.ask("/api/settings")).body;

    const answer = await admin.change(change);

    expect(answer.json()).toMatchObject({ status: 400, path, ...(nearest && { nearest }) });
    expect((await admin.ask("/api/settings")).body).toBe(before);
  });
});

test("GET /api/zones has each zone with its origins and their connections", async () => {
  await using origin = await startOrigin((socket) => socket.write(ok()));
  await using admin = await startAdmin({
    zones: [{ hosts: ["a.test", "*.a.test"], origins: [origin.url], ssl: "full" }],
  });
  await admin.gateway.get("/");

  const zones = (await admin.ask("/api/zones")).json() as ZoneView[];

  expect(zones).toEqual([
    {
      zone: "a.test",
      hosts: ["a.test", "*.a.test"],
      ssl: "full",
      codes: "detailed",
      pages: "verbose",
      profile: "cloudflare",
      origins: [
        {
          origin: origin.url,
          pool: "default",
          address: "",
          weight: 1,
          enabled: true,
          state: "unknown",
          outstanding: 0,
          connections: { idle: 1, active: 0, connecting: 0, queued: 0 },
        },
      ],
    },
  ]);
});

describe("GET /api/explain/{name}", () => {
  test.each(["525", "connection_refused", "closed_early", "tls_certificate_error%2Fexpired"])(
    "%s is what the command says",
    async (name) => {
      await using admin = await startAdmin({ zones: [] });

      const answer = await admin.ask(`/api/explain/${name}`);

      expect(answer.json()).toEqual(entriesNamed(decodeURIComponent(name)));
    },
  );

  test("names the nearest where there is none", async () => {
    await using admin = await startAdmin({ zones: [] });

    const answer = await admin.ask("/api/explain/conection_refused");

    expect(answer.json()).toMatchObject({ status: 404, nearest: "connection_refused" });
  });
});

describe("GET /api/faults/names", () => {
  test.each([
    ["", true, true],
    ["?zone=a.test", true, false],
    ["?zone=b2.test", false, true],
  ])("%s goes by the profiles of the zones in question", async (query, has521, has504) => {
    await using admin = await startAdmin({ zones: twoZones });
    await admin.change({ zone: "b.test", profile: "rfc9209" });

    const { names } = (await admin.ask(`/api/faults/names${query}`)).json() as FaultNames;

    const has = (code: string) => names.some(({ name }) => name === code);
    expect([has("521"), has("504")]).toEqual([has521, has504]);
  });

  test("says which zone was probably meant", async () => {
    await using admin = await startAdmin({ zones: twoZones });

    const answer = await admin.ask("/api/faults/names?zone=b3.test");

    expect(answer.json()).toMatchObject({ status: 400, path: "zone", nearest: "b.test" });
  });
});

describe("GET /api/openapi.json", () => {
  test("has the routes that docs/admin-api.md has, in the same words", async () => {
    await using admin = await startAdmin({ zones: [] });
    const page = readFileSync("docs/admin-api.md", "utf8");

    const { paths } = (await admin.ask("/api/openapi.json")).json() as {
      paths: Record<string, Record<string, { summary: string }>>;
    };

    const inDocument = Object.entries(paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(
        ([method, { summary }]) => `| \`${method.toUpperCase()} ${path}\` | ${summary} |`,
      ),
    );
    const inPage = page.split("\n").filter((line) => /^\| `[A-Z]+ \//.test(line));
    expect(inPage.toSorted()).toEqual(inDocument.toSorted());
  });

  test("is valid OpenAPI 3.1 and has every route", async () => {
    await using admin = await startAdmin({ zones: [] });

    const document = (await admin.ask("/api/openapi.json")).json() as { paths: object };

    expect(await validate(structuredClone(document) as never)).toMatchObject({ valid: true });
    expect(Object.keys(document.paths).toSorted()).toEqual([
      "/api/diagnoses",
      "/api/exchanges",
      "/api/exchanges/{ray}",
      "/api/exchanges/{ray}/page",
      "/api/explain/{name}",
      "/api/faults",
      "/api/faults/names",
      "/api/faults/{id}",
      "/api/gateway",
      "/api/pools",
      "/api/settings",
      "/api/stream",
      "/api/zones",
      "/healthz",
      "/metrics",
      "/readyz",
    ]);
  });
});
