// Origins that real requests take out: when they are, who serves meanwhile, and when they are back.

import { expect, test } from "vitest";

import { startGatewayOn, type TestGateway, waitFor } from "../helpers/gateway.ts";
import { ok, startOrigin } from "../helpers/origin.ts";

/** As few failures as can be, and a cool-down that no test waits for. */
const passive = { failures: 1, coolDownMs: 60_000, slowStartMs: 0 };

function ejections(gateway: TestGateway): Promise<number> {
  return gateway.metric("edgecase_origin_ejections_total");
}

test("the only origin in service is not taken out, whatever requests say of it", async () => {
  let isBroken = true;
  await using origin = await startOrigin((socket) => {
    if (isBroken) socket.destroy();
    else socket.write(ok());
  });
  const origins = [origin.url, { address: "http://127.0.0.1:9", enabled: false }];
  await using gateway = await startGatewayOn({
    zones: [{ hosts: ["pool.test"], origins, passive }],
  });

  const broken = await gateway.get("/");
  isBroken = false;
  const mended = await gateway.get("/");

  expect([broken.status, mended.status]).toEqual([520, 200]);
  expect(await ejections(gateway)).toBe(0);
});

test("where requests speak against every origin all of them serve, and none gets everything", async () => {
  const broken = new Set(["one", "two"]);
  const start = (name: string) =>
    startOrigin((socket) => {
      if (broken.has(name)) socket.destroy();
      else socket.write(ok(name));
    });
  await using one = await start("one");
  await using two = await start("two");
  await using gateway = await startGatewayOn({
    zones: [
      { hosts: ["pool.test"], origins: [one.url, two.url], steering: "round_robin", passive },
    ],
  });
  await gateway.get("/");
  await gateway.get("/");

  broken.delete("one");
  const responses = [await gateway.get("/"), await gateway.get("/")];
  const statuses = new Set(responses.map(({ status }) => status));

  expect(await ejections(gateway)).toBe(2);
  expect(statuses).toEqual(new Set([200, 520]));
  expect(await gateway.metric("edgecase_pool_healthy")).toBe(0);
});

test("an origin that fails its checks as well is back when they are good again, before its cool-down is over", async () => {
  let isBroken = true;
  await using origin = await startOrigin((socket) => {
    if (isBroken) socket.destroy();
    else socket.write(ok("back again"));
  });
  await using other = await startOrigin((socket) => socket.write(ok("other")));
  const monitor = { interval: 0.3, timeout: 0.25 };
  await using gateway = await startGatewayOn({
    zones: [{ hosts: ["pool.test"], origins: [origin.url, other.url], monitor, passive }],
  });
  const standing = gateway.gateway.zones[0]?.origins[0]?.standing;
  await gateway.get("/");
  await waitFor(() => standing?.verdict === "unhealthy", "its checks do not fail", 5_000);
  const wasEjected = standing?.isEjected;

  isBroken = false;
  await waitFor(() => standing?.verdict === "healthy", "its checks are not good", 5_000);
  const response = await gateway.get("/");

  expect(wasEjected).toBe(true);
  expect(response.body.toString()).toBe("back again");
  expect(await gateway.metric("edgecase_origin_healthy", { origin: origin.url })).toBe(1);
});
