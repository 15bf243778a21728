// Origins that are the addresses of a name: they come and go as DNS answers change, without a restart.

import type { Socket } from "node:net";

import { describe, expect, test } from "vitest";

import { startGatewayOn, type TestGateway, waitFor } from "../helpers/gateway.ts";
import { ok, startOrigin } from "../helpers/origin.ts";
import { startResolver, type TestResolver } from "../helpers/resolver.ts";

function startBefore(
  resolver: TestResolver,
  port: string,
  more: object = {},
): Promise<TestGateway> {
  return startGatewayOn({
    dns: { servers: [resolver.address] },
    zones: [
      {
        hosts: ["app.test"],
        origins: [{ address: `http://app.zoo.test:${port}`, addresses: "each" }],
        steering: "round_robin",
        ...more,
      },
    ],
  });
}

function addressesOf({ gateway }: TestGateway): string[] {
  return gateway.zones[0]?.origins.map(({ address }) => address).toSorted() ?? [];
}

/** Bodies of so many answers, each once, in order. */
async function answers(gateway: TestGateway, count: number): Promise<string[]> {
  const bodies = new Set<string>();
  for (let left = count; left > 0; left -= 1) bodies.add((await gateway.get("/")).body.toString());
  return [...bodies].toSorted();
}

describe("a name whose addresses are origins of their own", () => {
  test("has requests go to each of them, and to new ones once the answer's time is over", async () => {
    await using resolver = await startResolver(1);
    await using one = await startOrigin((socket) => socket.write(ok("one")));
    const { port } = new URL(one.url);
    const place = { host: "127.0.0.2", port: Number(port) };
    await using two = await startOrigin((socket) => socket.write(ok("two")), place);
    await using gateway = await startBefore(resolver, port);
    await waitFor(() => addressesOf(gateway)[0] === "127.0.0.1", "the name was not looked up");
    const before = await answers(gateway, 4);

    resolver.addresses = ["127.0.0.1", "127.0.0.2"];
    await waitFor(() => addressesOf(gateway).length === 2, "no new origin", 5_000);
    const both = await answers(gateway, 8);
    resolver.addresses = ["127.0.0.2"];
    await waitFor(() => addressesOf(gateway).length === 1, "the old origin stays", 5_000);
    const after = await answers(gateway, 4);

    expect({ before, both, after }).toEqual({
      before: ["one"],
      both: ["one", "two"],
      after: ["two"],
    });
    await waitFor(() => one.open.size === 0, "a connection to the old address is left");
    expect(two.heads.length).toBeGreaterThan(4);
  });

  test("lets a request that is under way at an address that goes end there", async () => {
    await using resolver = await startResolver(1);
    const waiting: Socket[] = [];
    await using slow = await startOrigin((socket) => waiting.push(socket));
    await using gateway = await startBefore(resolver, new URL(slow.url).port);
    await waitFor(() => addressesOf(gateway)[0] === "127.0.0.1", "the name was not looked up");
    const response = gateway.get("/");
    const socket = await waitFor(() => waiting[0], "the request did not come");

    resolver.addresses = ["127.0.0.9"];
    await waitFor(() => addressesOf(gateway)[0] === "127.0.0.9", "the origin stays", 5_000);
    socket.write(ok("late"));

    expect((await response).body.toString()).toBe("late");
    await waitFor(() => slow.open.size === 0, "the connection is left");
  });

  test("keeps its addresses while the resolver is silent, and loses them when there are none", async () => {
    await using resolver = await startResolver(1);
    await using origin = await startOrigin((socket) => socket.write(ok()));
    await using gateway = await startBefore(resolver, new URL(origin.url).port);
    await waitFor(() => addressesOf(gateway)[0] === "127.0.0.1", "the name was not looked up");

    resolver.isSilent = true;
    const asked = resolver.asked.length;
    await waitFor(() => resolver.asked.length > asked + 2, "nobody asks again", 6_000);
    const whileSilent = await gateway.get("/");
    resolver.isSilent = false;
    resolver.addresses = [];
    await waitFor(() => addressesOf(gateway)[0] === "", "the address stays", 12_000);
    const afterwards = await gateway.get("/");

    expect([whileSilent.status, afterwards.status]).toEqual([200, 523]);
    expect(await gateway.line(({ failure }) => failure !== null)).toMatchObject({
      failure: "dns_error",
      reason: "no_address",
    });
  }, 30_000);

  test("is one series of the metrics, whatever number of addresses it has", async () => {
    await using resolver = await startResolver(60);
    resolver.addresses = ["127.0.0.1", "127.0.0.9"];
    await using origin = await startOrigin((socket) => socket.write(ok()));
    const { port } = new URL(origin.url);
    await using gateway = await startBefore(resolver, port, {
      monitor: { type: "tcp", interval: 0.2, timeout: 0.15 },
    });
    await waitFor(
      () =>
        gateway.gateway.zones[0]?.origins.filter(({ standing }) => standing.verdict !== "unknown")
          .length === 2,
      "not every address was checked",
      5_000,
    );

    const { body } = await gateway.gateway.metrics.scrape(undefined);

    expect(body.match(/^edgecase_origin_healthy\{.*$/gm)).toEqual([
      `edgecase_origin_healthy{zone="app.test",pool="default",origin="http://app.zoo.test:${port}"} 0.5`,
    ]);
  });
});
