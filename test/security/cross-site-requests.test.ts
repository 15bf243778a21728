// The attack: a page of any site, open in a browser on this machine, sends requests to the admin server by a form, a script or a
// picture (CSRF). It cannot read the answers, but what they change is changed.
//
// Seen: since browsers have forms (CWE-352); against servers on localhost above all, which think that nobody else can reach them.

import { describe, expect, test } from "vitest";

import { startAdmin } from "../helpers/admin.ts";

const config = { zones: [{ hosts: ["*"], origins: ["http://127.0.0.1:9"] }] };
const json = { "content-type": "application/json" };

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
