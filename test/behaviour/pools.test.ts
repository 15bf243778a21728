// Pools: which origin gets a request, which pool, and what real requests tell of origins.

import { describe, expect, test } from "vitest";

import type { ZoneFile } from "../../src/config/schema.ts";
import { startGatewayOn, type TestGateway, waitFor } from "../helpers/gateway.ts";
import { ok, startOrigin, type TestOrigin } from "../helpers/origin.ts";

/** An origin that answers with its name. */
function named(name: string): Promise<TestOrigin> {
  return startOrigin((socket) => socket.write(ok(name)));
}

function startOn(zone: Omit<ZoneFile, "hosts">, more: object = {}): Promise<TestGateway> {
  return startGatewayOn({ zones: [{ hosts: ["pool.test"], ...zone }], ...more });
}

/** How many of so many requests each origin answered. */
async function shares(
  gateway: TestGateway,
  requests: number,
  headers?: [string, string][],
): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (let left = requests; left > 0; left -= 1) {
    const name = (await gateway.get("/", headers)).body.toString();
    counts[name] = (counts[name] ?? 0) + 1;
  }
  return counts;
}

/** The origin that a client is sent to; several, should they differ. */
async function originOf(gateway: TestGateway, client: string): Promise<string> {
  return Object.keys(await shares(gateway, 2, [["X-Forwarded-For", client]])).join("");
}

describe("steering", () => {
  test("round_robin gives each its turn, as often as its weight says and evenly spread", async () => {
    await using a = await named("a");
    await using b = await named("b");
    await using gateway = await startOn({
      steering: "round_robin",
      origins: [
        { address: a.url, weight: 3 },
        { address: b.url, weight: 1 },
      ],
    });

    const order: string[] = [];
    for (let left = 8; left > 0; left -= 1) order.push((await gateway.get("/")).body.toString());

    expect(order.join("")).toBe("aabaaaba");
  });

  test("random follows the weights", async () => {
    await using a = await named("a");
    await using b = await named("b");
    await using gateway = await startOn({
      steering: "random",
      origins: [
        { address: a.url, weight: 3 },
        { address: b.url, weight: 1 },
      ],
    });

    const { a: ofA = 0, b: ofB = 0 } = await shares(gateway, 400);

    expect(ofA / (ofA + ofB)).toBeGreaterThan(0.65);
    expect(ofA / (ofA + ofB)).toBeLessThan(0.85);
  });

  test("least_outstanding sends requests past an origin that is busy", async () => {
    await using busy = await startOrigin(() => {});
    await using free = await named("free");
    await using gateway = await startOn({
      steering: "least_outstanding",
      origins: [busy.url, free.url],
    });
    const clients = Array.from({ length: 2 }, () => gateway.connect());
    for (const client of clients) client.send("GET / HTTP/1.1\r\nHost: pool.test\r\n\r\n");
    await waitFor(() => busy.heads.length === 1 && gateway.lines.length === 1, "not one each");

    expect(await shares(gateway, 10)).toEqual({ free: 10 });
    for (const client of clients) client.close();
  });

  test("hash keeps each client with one origin, and moves no other client when an origin goes", async () => {
    await using a = await named("a");
    await using b = await named("b");
    await using c = await named("c");
    const origins = [a.url, b.url, c.url].map((address, index) => ({
      address,
      name: "abc"[index] ?? "",
    }));
    const trusted = { trustedProxies: ["127.0.0.1/32"] };
    await using all = await startOn({ steering: "hash", origins }, trusted);
    await using fewer = await startOn(
      { steering: "hash", origins: origins.map((o) => ({ ...o, enabled: o.name !== "c" })) },
      trusted,
    );
    const clients = Array.from({ length: 60 }, (_, index) => `192.0.2.${index}`);

    const moved: string[] = [];
    const used = new Set<string>();
    for (const client of clients) {
      const before = await originOf(all, client);
      const after = await originOf(fewer, client);
      used.add(before);
      expect(before).toHaveLength(1);
      if (before !== "c" && before !== after) moved.push(client);
    }

    expect(used).toEqual(new Set(["a", "b", "c"]));
    expect(moved).toEqual([]);
  });

  test("first serves from the first that is well, in the order of the config", async () => {
    await using a = await named("a");
    await using b = await named("b");
    await using gateway = await startOn({ origins: [a.url, b.url] });

    expect(await shares(gateway, 5)).toEqual({ a: 5 });
  });

  test("an origin that is switched off, or weighs nothing, gets no request", async () => {
    await using a = await named("a");
    await using b = await named("b");
    await using c = await named("c");
    await using gateway = await startOn({
      steering: "round_robin",
      origins: [{ address: a.url, enabled: false }, { address: b.url, weight: 0 }, c.url],
    });

    expect(await shares(gateway, 6)).toEqual({ c: 6 });
  });

  test("each origin is sent the Host field that it is known by", async () => {
    await using a = await named("a");
    await using b = await named("b");
    await using gateway = await startOn({
      steering: "round_robin",
      origins: [
        { address: a.url, hostHeader: "a.example" },
        { address: b.url, hostHeader: "origin" },
      ],
    });

    await shares(gateway, 2);

    expect(a.heads[0]).toMatch(/^host: a\.example$/im);
    expect(b.heads[0]).toMatch(new RegExp(`^host: ${new URL(b.url).host}$`, "im"));
  });
});

describe("pools", () => {
  const monitor = { interval: 0.5, timeout: 0.4 };
  const refusing = "http://127.0.0.1:1";

  test("serve in order: the second when the first is out", async () => {
    await using b = await named("b");
    await using gateway = await startOn({
      monitor,
      pools: [
        { name: "main", origins: [refusing] },
        { name: "spare", origins: [b.url] },
      ],
    });
    const [main] = gateway.gateway.zones[0]?.pools ?? [];
    await waitFor(() => main?.isServing === false, "the check does not see it");

    expect(await shares(gateway, 3)).toEqual({ b: 3 });
    expect(await gateway.metric("edgecase_pool_healthy", { pool: "main" })).toBe(0);
    expect(await gateway.metric("edgecase_pool_healthy", { pool: "spare" })).toBe(1);
  });

  test("are out as a whole with fewer healthy origins than they must have", async () => {
    await using a = await named("a");
    await using b = await named("b");
    await using gateway = await startOn({
      monitor,
      pools: [
        { name: "main", origins: [a.url, refusing], minimumOrigins: 2 },
        { name: "spare", origins: [b.url] },
      ],
    });
    const [main] = gateway.gateway.zones[0]?.pools ?? [];
    await waitFor(() => main?.isServing === false, "the check does not see it");

    expect(await shares(gateway, 3)).toEqual({ b: 3 });
  });

  test("that are switched off are passed over", async () => {
    await using a = await named("a");
    await using b = await named("b");
    await using gateway = await startOn({
      pools: [
        { name: "main", origins: [a.url], enabled: false },
        { name: "spare", origins: [b.url] },
      ],
    });

    expect(await shares(gateway, 3)).toEqual({ b: 3 });
  });

  test("fall back to the fallback pool when every one is out, well or not", async () => {
    await using dying = await startOrigin((socket) =>
      socket.write(ok("", "", "HTTP/1.1 500 Oops")),
    );
    await using gateway = await startOn({
      monitor,
      fallbackPool: "last",
      pools: [
        { name: "main", origins: [refusing] },
        { name: "last", origins: [dying.url] },
      ],
    });
    const pools = gateway.gateway.zones[0]?.pools ?? [];
    await waitFor(() => pools.every(({ isServing }) => !isServing), "the checks do not see it");

    const response = await gateway.get("/");

    expect(response.status).toBe(500);
    expect(await gateway.line()).toMatchObject({ originStatus: 500, failure: null });
  });

  test("help each other out after a failure only where the zone wants it", async () => {
    await using b = await named("b");
    const pools = [
      { name: "main", origins: [refusing] },
      { name: "spare", origins: [b.url] },
    ];
    await using alone = await startOn({ pools });
    await using together = await startOn({ pools, failover: { acrossPools: true } });

    const statuses = [(await alone.get("/")).status, (await together.get("/")).status];

    expect(statuses).toEqual([521, 200]);
    expect(await together.metric("edgecase_retries_total", { kind: "another_origin" })).toBe(1);
  });
});

describe("failover", () => {
  test("tries one other origin, and says in the log and the metrics that it did", async () => {
    await using good = await named("good");
    await using gateway = await startOn({ origins: ["http://127.0.0.1:1", good.url] });

    const response = await gateway.get("/");

    expect(response.body.toString()).toBe("good");
    expect(await gateway.line()).toMatchObject({ status: 200, retries: 1, origin: good.url });
    const labels = { origin: "http://127.0.0.1:1", failure: "connection_refused" };
    expect(await gateway.metric("edgecase_failures_total", labels)).toBe(1);
    expect(await gateway.metric("edgecase_retries_total", { kind: "another_origin" })).toBe(1);
  });

  test("is not for a request that may have been acted on", async () => {
    await using closing = await startOrigin((socket) => socket.destroy());
    await using good = await named("good");
    await using gateway = await startOn({ origins: [closing.url, good.url] });

    const response = await gateway.get("/");

    expect(response.status).toBe(520);
    expect(good.heads).toEqual([]);
  });

  test("can be asked for after other failures, of methods that may be sent twice", async () => {
    await using closing = await startOrigin((socket) => socket.destroy());
    await using good = await named("good");
    await using gateway = await startOn({
      origins: [closing.url, good.url],
      failover: { on: ["connection_terminated"] },
      passive: { failures: 0 },
    });

    const get = await gateway.get("/");
    const post = await gateway.request({ method: "POST" });

    expect([get.status, post.status]).toEqual([200, 520]);
  });

  test("can be switched off", async () => {
    await using good = await named("good");
    await using gateway = await startOn({
      origins: ["http://127.0.0.1:1", good.url],
      failover: { retries: 0 },
    });

    expect((await gateway.get("/")).status).toBe(521);
  });

  test("stops when its budget is spent, so that retries never become the load", async () => {
    await using good = await named("good");
    await using gateway = await startOn({
      steering: "round_robin",
      origins: ["http://127.0.0.1:1", good.url],
      failover: { budgetPercent: 0, budgetPerSecond: 0.2 },
      passive: { failures: 0 },
    });

    const statuses: number[] = [];
    for (let left = 10; left > 0; left -= 1) statuses.push((await gateway.get("/")).status);

    const failed = statuses.filter((status) => status !== 200).length;
    expect(failed).toBeGreaterThanOrEqual(2); // Five were bad, two could be saved, another one a second.
    const over = await gateway.metric("edgecase_retries_total", { kind: "over_budget" });
    expect(over).toBe(failed);
  });
});

describe("real requests", () => {
  test("that fail often enough take an origin out; it comes back after a cool-down, slowly", async () => {
    let isWell = true;
    await using flaky = await startOrigin((socket) =>
      isWell ? socket.write(ok("flaky")) : socket.destroy(),
    );
    await using good = await named("good");
    await using gateway = await startOn({
      steering: "round_robin",
      origins: [flaky.url, good.url],
      passive: { failures: 3, windowMs: 5_000, coolDownMs: 700, slowStartMs: 1_500 },
    });
    expect(await shares(gateway, 4)).toEqual({ flaky: 2, good: 2 });

    isWell = false;
    const isOut = (): boolean => gateway.gateway.zones[0]?.origins[0]?.standing.isEjected === true;
    for (let left = 10; left > 0 && !isOut(); left -= 1) await gateway.get("/");
    const failed = gateway.lines.filter(({ failure }) => failure !== null).length;
    const whileOut = await shares(gateway, 10);
    isWell = true;
    await waitFor(() => gateway.notices.at(-1)?.["state"] === "returned", "it stays out");
    const rising = await shares(gateway, 30);
    await waitFor(
      () => gateway.gateway.zones[0]?.origins[0]?.standing.share === 1,
      "it stays slow",
    );
    const risen = await shares(gateway, 30);

    expect(failed).toBe(3);
    expect(whileOut).toEqual({ good: 10 });
    expect(rising["flaky"] ?? 0).toBeLessThan(12);
    expect(risen["flaky"]).toBe(15);
    expect(await gateway.metric("edgecase_origin_ejections_total", { origin: flaky.url })).toBe(1);
    expect(gateway.notices.map(({ msg, failure, reason }) => [msg, failure, reason])).toEqual([
      ["origin is taken out", "connection_terminated", "closed_before_response"],
      ["origin is let back in", null, null],
    ]);
  }, 20_000);

  test("that speak against every origin leave all of them in service", async () => {
    await using a = await startOrigin((socket) => socket.destroy());
    await using b = await startOrigin((socket) => socket.destroy());
    await using gateway = await startOn({
      steering: "round_robin",
      origins: [a.url, b.url],
      passive: { failures: 1 },
    });

    for (let left = 6; left > 0; left -= 1) expect((await gateway.get("/")).status).toBe(520);

    const ejected = gateway.gateway.zones[0]?.origins.filter(({ standing }) => standing.isEjected);
    expect(ejected).toHaveLength(2);
    expect(a.heads.length).toBeGreaterThan(1);
    expect(b.heads.length).toBeGreaterThan(1);
  });

  test("count a status as a failure only where the zone says so", async () => {
    await using bad = await startOrigin((socket) => socket.write(ok("", "", "HTTP/1.1 500 Oops")));
    await using good = await named("good");
    const zone: Omit<ZoneFile, "hosts"> = { steering: "round_robin", origins: [bad.url, good.url] };
    await using patient = await startOn({ ...zone, passive: { failures: 2 } });
    await using strict = await startOn({ ...zone, passive: { failures: 2, statuses: [500] } });

    await shares(patient, 8);
    await shares(strict, 8);

    const ejections = [patient, strict].map(
      ({ gateway }) => gateway.zones[0]?.origins[0]?.standing.ejections,
    );
    expect(ejections).toEqual([0, 1]);
  });

  test("of clients that leave say nothing about the origin", async () => {
    await using silent = await startOrigin(() => {});
    await using good = await named("good");
    await using gateway = await startOn({
      origins: [silent.url, good.url],
      passive: { failures: 1 },
    });

    const client = gateway.connect();
    client.send("GET / HTTP/1.1\r\nHost: pool.test\r\n\r\n");
    await waitFor(() => silent.heads.length === 1, "the request did not come");
    client.close();
    await gateway.line(({ status }) => status === 499);

    expect(gateway.gateway.zones[0]?.origins[0]?.standing.isEjected).toBe(false);
    expect(gateway.gateway.zones[0]?.origins[0]?.standing.outstanding).toBe(0);
  });
});
