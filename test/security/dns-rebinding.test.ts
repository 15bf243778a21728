// The attack: a page in a browser on this machine comes from a name of the attacker's. That name then changes its address to 127.0.0.1
// (DNS rebinding): to the browser the admin server is the page's own site now, and the page may read all of it and change what it likes.
//
// Seen: Princeton's "DNS rebinding" attack on Java, 1996; Jackson and others, "Protecting Browsers from DNS Rebinding Attacks", 2007; and
// since then in one local server after another. What tells it apart is the Host field, which still has the attacker's name.

import { describe, expect, test } from "vitest";

import { startAdmin } from "../helpers/admin.ts";

const config = { zones: [{ hosts: ["*"], origins: ["http://127.0.0.1:9"] }] };
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
