// What a page in a browser on the same machine could try with the admin server, although it is on loopback.

import { describe, expect, test } from "vitest";

import { startAdmin } from "../helpers/admin.ts";

const nowhere = "http://127.0.0.1:9";
const config = { zones: [{ hosts: ["*"], origins: [nowhere] }] };
const json = { "content-type": "application/json" };
const everywhere = [
  "/",
  "/metrics",
  "/healthz",
  "/readyz",
  "/api/openapi.json",
  "/api/settings",
  "/api/zones",
  "/api/exchanges",
  "/api/exchanges/0123456789abcdef",
  "/api/exchanges/0123456789abcdef/page",
  "/api/stream",
  "/api/explain/expired",
];

describe("a name of another's that means this machine (DNS rebinding)", () => {
  test.each(everywhere)("gets nothing of %s", async (path) => {
    await using admin = await startAdmin(config);

    const answer = await admin.ask(path, { headers: { host: "rebound.example:8081" } });

    expect(answer.status).toBe(403);
    expect(answer.json()).toMatchObject({ title: "Forbidden" });
  });

  test.each([
    ["127.0.0.1:8081", 200],
    ["127.0.0.1", 200],
    ["[::1]:8081", 200],
    ["localhost:8081", 200],
    ["LOCALHOST.", 200],
    ["edge.localhost:8081", 200],
    ["localhost.example", 403],
    ["127.0.0.1.example", 403],
    ["notlocalhost", 403],
    ["127.0.0.1@rebound.example", 403],
    ["[::1].example", 403],
    ["localhost:8081:80", 403],
    ["0x7f000001", 403],
  ])("is told from our own: Host %s gets %i", async (host, status) => {
    await using admin = await startAdmin(config);

    expect((await admin.ask("/api/settings", { headers: { host } })).status).toBe(status);
  });

  test("may be the name that the configuration gives the admin server", async () => {
    await using admin = await startAdmin({ ...config, admin: { host: "localhost" } });

    expect((await admin.ask("/healthz", { headers: { host: "localhost" } })).status).toBe(200);
  });
});

describe("a page of another site (CSRF)", () => {
  const change = { method: "PATCH", body: '{"codes":"generic"}' };

  test.each([
    ["http://evil.example", 403],
    ["null", 403],
    ["http://localhost:8080", 403],
    ["https://localhost:8081", 403],
    ["http://localhost:8081.evil.example", 403],
    ["http://localhost:8081", 200],
  ])("with the Origin %s gets %i when it changes and when it reads", async (origin, status) => {
    await using admin = await startAdmin(config);
    const headers = { ...json, host: "localhost:8081", origin };

    const changed = await admin.ask("/api/settings", { ...change, headers });
    const read = await admin.ask("/api/exchanges", { headers });

    expect([changed.status, read.status]).toEqual([status, status]);
    expect(admin.gateway.gateway.settings.errors.codes).toBe(
      status === 200 ? "generic" : "detailed",
    );
  });

  test.each([
    ["cross-site", 403],
    ["same-site", 403],
    ["same-origin", 200],
    ["none", 200],
  ])("that the browser calls %s gets %i", async (site, status) => {
    await using admin = await startAdmin(config);

    const answer = await admin.ask("/api/settings", { headers: { "sec-fetch-site": site } });

    expect(answer.status).toBe(status);
  });

  test.each([
    "text/plain",
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=x",
    "text/plain; application/json",
    "application/jsonx",
    undefined,
  ])("can send %s without asking, and changes nothing by it", async (type) => {
    await using admin = await startAdmin(config);

    const answer = await admin.ask("/api/settings", {
      ...change,
      headers: type === undefined ? {} : { "content-type": type },
    });

    expect(answer.status).toBe(415);
    expect(admin.gateway.gateway.settings.errors.codes).toBe("detailed");
  });

  test("has to say JSON even where it sends nothing", async () => {
    await using admin = await startAdmin(config);

    expect((await admin.ask("/api/settings", { method: "PATCH" })).status).toBe(415);
  });

  test.each(["POST", "PUT", "DELETE"])("gets nothing by %s", async (method) => {
    await using admin = await startAdmin(config);

    const answer = await admin.ask("/api/settings", { ...change, method, headers: json });

    expect(answer.status).toBe(404);
  });

  test("is not let read by any field of ours", async () => {
    await using admin = await startAdmin(config);

    const answer = await admin.ask("/api/settings");

    expect(Object.keys(answer.headers).filter((name) => name.includes("allow"))).toEqual([]);
    expect(answer.headers).toMatchObject({
      "cross-origin-resource-policy": "same-origin",
      "x-content-type-options": "nosniff",
      "cache-control": "no-store",
      "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
    });
  });
});

test.each([
  ["is no JSON", "{"],
  ["is empty", ""],
  ["is too long", JSON.stringify({ codes: "x".repeat(20_000) })],
  ["reaches for the prototype", '{"__proto__":{"codes":"generic"},"codes":"generic"}'],
])("a body that %s is refused with problem details", async (_what, body) => {
  await using admin = await startAdmin(config);

  const answer = await admin.ask("/api/settings", { method: "PATCH", headers: json, body });

  expect(answer.status).toBeGreaterThanOrEqual(400);
  expect(answer.status).toBeLessThan(500);
  expect(answer.headers["content-type"]).toMatch(/^application\/problem\+json/);
  expect(admin.gateway.gateway.settings.errors.codes).toBe("detailed");
});
