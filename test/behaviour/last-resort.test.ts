// Where no origin is good: the next best one serves before the client hears that there is none.

import { describe, expect, test } from "vitest";

import { startGatewayOn, type TestGateway, waitFor } from "../helpers/gateway.ts";
import { ok, startOrigin } from "../helpers/origin.ts";

const failing = ok("", "", "HTTP/1.1 500 Oops");

/** Waits until the origin's last check was good, which is not enough yet to make it healthy. */
async function untilWell({ gateway }: TestGateway): Promise<void> {
  const standing = gateway.zones[0]?.origins[0]?.standing;
  await waitFor(() => standing?.lastCheck?.trouble === null, "it is not well", 5_000);
  expect(standing?.verdict).toBe("unhealthy");
}

test("a request that failed is tried on an origin that others took out, where no better one is left", async () => {
  let isBroken = true;
  await using broken = await startOrigin((socket) => {
    if (isBroken) socket.destroy();
    else socket.write(ok("back again"));
  });
  const other = await startOrigin((socket) => socket.write(ok("other")));
  await using gateway = await startGatewayOn({
    zones: [{ hosts: ["pool.test"], origins: [broken.url, other.url], passive: { failures: 1 } }],
  });
  await gateway.get("/");

  isBroken = false;
  const meanwhile = await gateway.get("/");
  await other[Symbol.asyncDispose]();
  const afterwards = await gateway.get("/");

  expect(meanwhile.body.toString()).toBe("other");
  expect([afterwards.status, afterwards.body.toString()]).toEqual([200, "back again"]);
  expect(await gateway.metric("edgecase_origin_ejections_total", { origin: broken.url })).toBe(1);
});

describe("an origin that checks find well, but do not trust yet,", () => {
  const monitor = { interval: 0.2, timeout: 0.15, consecutiveUp: 30 };

  test("serves where there is no other", async () => {
    let isWell = false;
    await using origin = await startOrigin((socket) => socket.write(isWell ? ok() : failing));
    await using gateway = await startGatewayOn({
      zones: [{ hosts: ["pool.test"], origins: [origin.url], monitor }],
    });
    const { lines } = gateway;
    await waitFor(() => gateway.gateway.zones[0]?.origins[0]?.standing.verdict === "unhealthy", "");
    const before = await gateway.get("/");

    isWell = true;
    await untilWell(gateway);
    const afterwards = await gateway.get("/");

    expect([before.status, afterwards.status]).toEqual([503, 200]);
    expect(lines[0]).toMatchObject({ failure: "destination_unavailable" });
  });

  test("is not asked where there is a better one", async () => {
    let isWell = false;
    await using origin = await startOrigin((socket) => socket.write(isWell ? ok() : failing));
    await using other = await startOrigin((socket) => socket.write(ok("other")));
    const pools = [
      { name: "first", origins: [origin.url], monitor },
      { name: "second", origins: [other.url] },
    ];
    await using gateway = await startGatewayOn({ zones: [{ hosts: ["pool.test"], pools }] });
    await waitFor(() => gateway.gateway.zones[0]?.origins[0]?.standing.verdict === "unhealthy", "");

    isWell = true;
    await untilWell(gateway);
    const response = await gateway.get("/");

    expect(response.body.toString()).toBe("other");
  });
});
