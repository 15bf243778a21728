// GET /api/pools: how every origin of every pool stands, as people and programs are told.

import { expect, test } from "vitest";

import { poolStates } from "../../src/admin/pool-states.ts";
import { startGatewayOn, waitFor } from "../helpers/gateway.ts";
import { ok, startOrigin } from "../helpers/origin.ts";

test("says who is in service, who is out, and why, in the words of a failure", async () => {
  await using good = await startOrigin((socket) => socket.write(ok()));
  await using gateway = await startGatewayOn({
    zones: [
      {
        hosts: ["pool.test"],
        monitor: { interval: 0.3, timeout: 0.2 },
        fallbackPool: "spare",
        pools: [
          {
            name: "main",
            steering: "round_robin",
            origins: [
              { address: good.url, name: "good", weight: 2 },
              { address: "http://127.0.0.1:1", name: "bad" },
              { address: "http://127.0.0.1:2", name: "off", enabled: false },
            ],
          },
          { name: "spare", origins: ["http://127.0.0.1:3"], enabled: false },
        ],
      },
    ],
  });
  await waitFor(() => gateway.notices.length >= 2, "the checks did not come to their ends", 5_000);

  const [zone] = poolStates(gateway.gateway.zones);

  expect(zone).toMatchObject({
    zone: "pool.test",
    pools: [
      {
        pool: "main",
        state: "degraded",
        steering: "round_robin",
        isFallback: false,
        origins: [
          { origin: "good", state: "healthy", weight: 2, share: 1, failure: null },
          { origin: "bad", state: "unhealthy", failure: "connection_refused", reason: null },
          { origin: "off", state: "disabled" },
        ],
      },
      { pool: "spare", state: "disabled", isFallback: true },
    ],
  });
  const bad = zone?.pools[0]?.origins[1];
  expect(bad?.detail).toContain("127.0.0.1 port 1");
  expect(Date.parse(bad?.checkedAt ?? "")).toBeLessThanOrEqual(Date.now());
});
