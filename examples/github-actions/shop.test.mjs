// What the workflow runs: the app through the edge, as its visitors reach it, and with faults that the admin API is asked for.

import assert from "node:assert/strict";
import { afterEach, test } from "node:test";

const edge = process.env.EDGE_URL ?? "http://127.0.0.1:8080";
const admin = process.env.EDGE_ADMIN_URL ?? "http://127.0.0.1:8081";

async function inject(fault) {
  const response = await fetch(`${admin}/api/faults`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(fault),
  });
  assert.equal(response.status, 201, await response.text());
}

afterEach(async () => {
  await fetch(`${admin}/api/faults`, { method: "DELETE" });
});

test("visitors reach the shop through the edge", async () => {
  const response = await fetch(edge);

  assert.equal(response.status, 200);
  assert.match(response.headers.get("cf-ray") ?? "", /^[0-9a-f]{16}-/);
});

test("a handshake that fails is a 525, and the edge knows why", async () => {
  await inject({ fault: 525, count: 1 });

  const statuses = [(await fetch(edge)).status, (await fetch(edge)).status];
  const response = await fetch(`${admin}/api/exchanges?code=525&limit=1`);
  const { exchanges } = await response.json();

  assert.deepEqual(statuses, [525, 200]);
  assert.equal(exchanges[0].failure, "tls_protocol_error");
});
