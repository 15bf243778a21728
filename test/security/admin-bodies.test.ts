// The attack: what the admin API is sent to change settings is none: no JSON, too much of it, or JSON that reaches for the prototype of
// every object (`__proto__`), and with it for settings that were never declared.
//
// Seen: prototype pollution in Node's world (Olivier Arteau, 2018; CVE-2018-3721, CVE-2019-10744 in lodash).

import { expect, test } from "vitest";

import { startAdmin } from "../helpers/admin.ts";

const config = { zones: [{ hosts: ["*"], origins: ["http://127.0.0.1:9"] }] };
const json = { "content-type": "application/json" };

test.each([
  ["is no JSON", "{"],
  ["is empty", ""],
  ["is too long", JSON.stringify({ codes: "x".repeat(20_000) })],
  ["reaches for the prototype", '{"__proto__":{"codes":"generic"},"codes":"generic"}'],
  ["reaches for the constructor", '{"constructor":{"prototype":{"codes":"generic"}}}'],
  ["names a zone of the prototype", '{"zone":"__proto__","codes":"generic"}'],
  ["is a list", '[{"codes":"generic"}]'],
  ["nests without end", "[".repeat(5_000)],
])("a body that %s is refused with problem details", async (_what, body) => {
  await using admin = await startAdmin(config);

  const answer = await admin.ask("/api/settings", { method: "PATCH", headers: json, body });

  expect(answer.status).toBeGreaterThanOrEqual(400);
  expect(answer.status).toBeLessThan(500);
  expect(answer.headers["content-type"]).toMatch(/^application\/problem\+json/);
  expect(admin.gateway.gateway.settings.errors.codes).toBe("detailed");
});
