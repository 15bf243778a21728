// Who answers a client whose own origin cannot, and where the client belongs then; and the same by address instead of by cookie.

import { describe, expect, test } from "vitest";

import { bodyOf, cookieOf, getWith, startOrigins, startZone } from "../helpers/affinity-zone.ts";
import { startGatewayOn, type TestGateway, waitFor } from "../helpers/gateway.ts";
import { ok, startOrigin, type TestOrigin } from "../helpers/origin.ts";
import { field } from "../helpers/raw-client.ts";

/** Lets the checks of an origin come to a verdict. */
function judge(gateway: TestGateway, { url }: TestOrigin, verdict: "healthy" | "unhealthy"): void {
  const origin = gateway.gateway.zones[0]?.origins.find(({ label }) => label === url);
  const refused = { type: "connection_refused", reason: null, detail: "it refused" } as const;
  const trouble = verdict === "healthy" ? null : refused;
  origin?.standing.checked(verdict, trouble, { at: Date.now(), tookMs: 1, trouble });
}

/** A request of the client at this address. */
function from(address: string): [string, string][] {
  return [["X-Forwarded-For", address]];
}

describe("when the client's origin fails a request", () => {
  test("failover: none lets it fail, for this client, and tries no other", async () => {
    await using origins = await startOrigins(2);
    await using gateway = await startZone(origins, { failover: "none" });
    const cookie = cookieOf(await gateway.get());
    await origins.all[0]?.[Symbol.asyncDispose]();

    const response = await getWith(gateway, cookie);
    const stranger = await gateway.get();

    expect([response.status, cookieOf(response)]).toEqual([521, ""]);
    expect(await gateway.line(({ status }) => status === 521)).toMatchObject({ retries: 0 });
    expect([stranger.status, bodyOf(stranger)]).toEqual([200, "beta"]);
  });

  test("failover: temporary has another one answer, and keeps the client's cookie as it is", async () => {
    await using origins = await startOrigins(2);
    await using gateway = await startZone(origins, { failover: "temporary" });
    const cookie = cookieOf(await gateway.get());
    await origins.all[0]?.[Symbol.asyncDispose]();

    const response = await getWith(gateway, cookie);

    expect([bodyOf(response), cookieOf(response)]).toEqual(["beta", ""]);
  });

  test("failover: sticky has another one take the client over", async () => {
    await using origins = await startOrigins(2);
    await using gateway = await startZone(origins, { failover: "sticky" });
    const cookie = cookieOf(await gateway.get());
    await origins.all[0]?.[Symbol.asyncDispose]();

    const response = await getWith(gateway, cookie);
    const next = await getWith(gateway, cookieOf(response));

    expect([bodyOf(response), bodyOf(next), cookieOf(next)]).toEqual(["beta", "beta", ""]);
    expect(await gateway.metric("edgecase_requests_total", { status: "200" })).toBe(3);
    expect(gateway.lines.map(({ retries }) => retries)).toEqual([0, 1, 0]);
  });
});

describe("when the client's origin is taken out by its checks", () => {
  test("failover: none has no answer for it until it is back", async () => {
    await using origins = await startOrigins(2);
    const [own] = origins.all as [TestOrigin];
    await using gateway = await startZone(origins, { failover: "none" });
    const cookie = cookieOf(await gateway.get());

    judge(gateway, own, "unhealthy");
    const during = await getWith(gateway, cookie);
    judge(gateway, own, "healthy");
    const after = await getWith(gateway, cookie);

    expect([during.status, after.status, bodyOf(after)]).toEqual([503, 200, "alpha"]);
    expect(await gateway.line(({ status }) => status === 503)).toMatchObject({
      failure: "destination_unavailable",
      detail: expect.stringContaining("the client belongs to") as string,
    });
    expect(bodyOf(during)).toContain("connection_refused: it refused");
    expect(bodyOf(during)).not.toContain(origins.all[1]?.url);
  });

  test.each([
    ["temporary", ["beta", "alpha"]],
    ["sticky", ["beta", "beta"]],
  ] as const)(
    "failover: %s is answered by %j, before and after it is back",
    async (failover, names) => {
      await using origins = await startOrigins(2);
      const [own] = origins.all as [TestOrigin];
      await using gateway = await startZone(origins, { failover });
      let cookie = cookieOf(await gateway.get());

      judge(gateway, own, "unhealthy");
      const during = await getWith(gateway, cookie);
      cookie = cookieOf(during) || cookie;
      judge(gateway, own, "healthy");
      const after = await getWith(gateway, cookie);

      expect([during, after].map(bodyOf)).toEqual(names);
      expect(cookieOf(after)).toBe("");
    },
  );

  test("and so is every other one, the fallback pool keeps the clients that it has", async () => {
    await using origins = await startOrigins(2);
    const urls = origins.all.map(({ url }) => url);
    await using gateway = await startGatewayOn({
      zones: [
        {
          hosts: ["shop.test"],
          pools: [{ name: "last", origins: urls, steering: "round_robin" }],
          fallbackPool: "last",
          affinity: { by: "cookie" },
        },
      ],
    });
    const cookie = cookieOf(await gateway.get());
    for (const origin of origins.all) judge(gateway, origin, "unhealthy");

    const responses = [await getWith(gateway, cookie), await getWith(gateway, cookie)];

    expect(responses.map(bodyOf)).toEqual(["alpha", "alpha"]);
  });
});

describe("an origin that is taken out by real requests", () => {
  test("loses its clients, and temporary ones come back after the cool-down", async () => {
    await using other = await startOrigin((socket) => socket.write(ok("beta")));
    let isBroken = false;
    await using own = await startOrigin((socket) =>
      socket.write(isBroken ? ok("bad", "", "HTTP/1.1 500 No") : ok("alpha")),
    );
    await using gateway = await startZone(
      { all: [own, other] },
      { failover: "temporary" },
      {
        passive: { failures: 1, statuses: [500], coolDownMs: 200, slowStartMs: 0 },
      },
    );
    const cookie = cookieOf(await gateway.get());
    isBroken = true;
    const failed = await getWith(gateway, cookie);
    isBroken = false;
    const during = await getWith(gateway, cookie);
    const standing = gateway.gateway.zones[0]?.origins[0]?.standing;
    await waitFor(() => standing?.isEjected === false, "it did not come back");

    const after = await getWith(gateway, cookie);

    expect([failed.status, bodyOf(during), bodyOf(after)]).toEqual([500, "beta", "alpha"]);
  });
});

describe("affinity by address", () => {
  test("keeps each client with its origin, without a cookie", async () => {
    await using origins = await startOrigins();
    await using gateway = await startZone(origins, { by: "address" });
    const addresses = ["192.0.2.1", "192.0.2.2", "2001:db8::1"];

    const rounds: string[][] = [];
    for (let round = 0; round < 3; round += 1) {
      const names: string[] = [];
      for (const address of addresses) {
        const response = await gateway.get("/", from(address));
        expect(field(response, "set-cookie")).toBeUndefined();
        names.push(bodyOf(response));
      }
      rounds.push(names);
      await gateway.get("/", from(`198.51.100.${round}`));
    }

    expect(rounds).toEqual(Array.from({ length: 3 }, () => ["alpha", "beta", "gamma"]));
  });

  test.each([
    ["none", [521, 521]],
    ["temporary", [200, 200]],
    ["sticky", [200, 200]],
  ] as const)(
    "has failover: %s answer with %j when the origin fails",
    async (failover, statuses) => {
      await using origins = await startOrigins(2);
      await using gateway = await startZone(origins, { by: "address", failover });
      await gateway.get("/", from("192.0.2.1"));
      await origins.all[0]?.[Symbol.asyncDispose]();

      const responses = [
        await gateway.get("/", from("192.0.2.1")),
        await gateway.get("/", from("192.0.2.1")),
      ];

      expect(responses.map(({ status }) => status)).toEqual(statuses);
      const retries = gateway.lines.slice(1).map((line) => line["retries"]);
      expect(retries).toEqual({ none: [0, 0], temporary: [1, 1], sticky: [1, 0] }[failover]);
    },
  );

  test("leaves the cookies of its name alone", async () => {
    await using origins = await startOrigins(1);
    await using gateway = await startZone(origins, { by: "address" });

    await getWith(gateway, "__cflb=its-own");

    expect(origins.all[0]?.heads[0]).toContain("Cookie: __cflb=its-own");
  });
});
