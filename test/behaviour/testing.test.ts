// `edgecase/testing`, as a test uses it.

import { get } from "node:https";
import type { Socket } from "node:net";

import { afterEach, describe, expect, test, vi } from "vitest";

import { fixture, startEdgecase } from "../../src/testing/index.ts";
import { waitFor } from "../helpers/gateway.ts";
import { ok, startOrigin } from "../helpers/origin.ts";

/** Nothing listens on port 9. */
const nowhere = "http://127.0.0.1:9";

/** Sockets, servers and the like that are open; timers are the test's own, too. */
function handles(): number {
  return process.getActiveResourcesInfo().filter((name) => name.endsWith("Wrap")).length;
}

describe("startEdgecase", () => {
  test("puts a gateway in front of an origin, and tells what passed", async () => {
    await using origin = await startOrigin((socket) => socket.write(ok()));
    await using edge = await startEdgecase({ origin: origin.url });

    const response = await fetch(`${edge.url}/cart?id=1`);

    expect(response.status).toBe(200);
    expect(edge.exchanges()).toMatchObject([{ path: "/cart", status: 200, origin: origin.url }]);
    expect(edge.exchanges({ failure: "connection_refused" })).toEqual([]);
  });

  test("answers for an origin that is down, as it is set to", async () => {
    await using edge = await startEdgecase({ origin: nowhere });

    const detailed = await fetch(edge.url);
    edge.set({ codes: "generic" });
    const generic = await fetch(edge.url);

    expect([detailed.status, generic.status]).toEqual([521, 502]);
    expect(edge.exchanges()).toMatchObject([{ status: 502 }, { status: 521 }]);
    expect(edge.exchanges({ failure: "connection_refused" })).toHaveLength(2);
    expect(await edge.metric("edgecase_errors_total", { code: "521" })).toBe(2);
  });

  test("takes a configuration, and what else an origin's zone has to say", async () => {
    await using origin = await startOrigin((socket) => socket.write(ok()));
    await using zoned = await startEdgecase({
      origin: [nowhere, origin.url],
      zone: { hostHeader: "shop.test" },
      colo: "ABC",
    });
    await using whole = await startEdgecase({ zones: [{ hosts: ["*"], origins: [nowhere] }] });

    const response = await fetch(zoned.url);

    expect(response.headers.get("cf-ray")).toMatch(/-ABC$/);
    expect(origin.heads[0]?.toLowerCase()).toContain("host: shop.test");
    expect((await fetch(whole.url)).status).toBe(521);
  });

  test("serves HTTPS where it is asked for", async () => {
    await using edge = await startEdgecase({ origin: nowhere, listen: { https: 0 } });

    expect(edge.secureUrl).toMatch(/^https:\/\/127\.0\.0\.1:\d+$/);
  });

  test("has the CA by which a client can trust it", async () => {
    await using edge = await startEdgecase({ origin: nowhere, listen: { https: 0 } });

    const status = await new Promise((resolve, reject) => {
      get(`${edge.secureUrl ?? ""}/`, { ca: edge.caPem ?? "" }, (res) => {
        res.resume();
        resolve(res.statusCode);
      }).on("error", reject);
    });

    expect(status).toBe(521);
  });

  test("lets requests fail as often as it is told, and recovers", async () => {
    await using origin = await startOrigin((socket) => socket.write(ok()));
    await using edge = await startEdgecase({ origin: origin.url, clock: 0.01 });
    const status = async (path = "/"): Promise<number> => (await fetch(edge.url + path)).status;

    await edge.inject("522", { times: 1, match: { path: "/api/*" } });
    const once = [await status(), await status("/api/x"), await status("/api/x")];
    await edge.fail("expired");
    await edge.fail("connection_refused");
    const always = [await status(), await status()];
    edge.recover();
    const recovered = await status();

    expect([once, always, recovered]).toEqual([[200, 522, 200], [521, 521], 200]);
    expect(edge.exchanges().map(({ injected }) => injected)).toEqual([
      null,
      "refused",
      "refused",
      null,
      "accept-queue-full",
      null,
    ]);
    await expect(edge.inject("expird")).rejects.toThrow('did you mean "expired"?');
    await expect(edge.inject("525", { rate: 7 })).rejects.toThrow("rate");
  });

  test("has an admin port where it is asked for", async () => {
    await using edge = await startEdgecase({ origin: nowhere, admin: { port: 0 } });
    await using closed = await startEdgecase({ origin: nowhere });

    const metrics = await fetch(`${edge.adminUrl}/metrics`);

    expect(await metrics.text()).toContain("edgecase_build_info");
    expect(closed.adminUrl).toBeNull();
  });

  test.each([
    [{ origin: "ftp://x" }, "zones[0].origins[0]"],
    [{ origin: nowhere, zones: [] }, "zones: must not stand beside origin"],
    [{ zone: { ssl: "full" } }, "origin: must be there"],
    [{ origin: nowhere, clok: 1 }, 'did you mean "clock"?'],
    [{ origin: fixture("expird") }, 'did you mean "expired"?'],
  ])("rejects %j", async (options, said) => {
    await expect(startEdgecase(options as never)).rejects.toThrow(said);
  });

  test.each([
    ["expired", 526, "tls_certificate_error", "expired"],
    ["never-answers", 524, "http_response_timeout", null],
    ["nxdomain", 523, "dns_error", "nxdomain"],
  ])("takes %s of the zoo as its origin", async (name, status, failure, reason) => {
    await using edge = await startEdgecase({
      origin: fixture(name),
      timeouts: { responseMs: 200 },
    });

    const response = await fetch(edge.url);

    expect(response.status).toBe(status);
    expect(edge.exchanges()).toMatchObject([{ failure, reason }]);
  });

  test("runs twenty at once, each for itself", async () => {
    await using origin = await startOrigin((socket) => socket.write(ok()));

    const edges = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        startEdgecase({ origin: index % 2 === 0 ? origin.url : nowhere }),
      ),
    );

    const statuses = await Promise.all(edges.map(async ({ url }) => (await fetch(url)).status));

    expect(statuses).toEqual(edges.map((_, index) => (index % 2 === 0 ? 200 : 521)));
    expect(edges.map((edge) => edge.exchanges().length)).toEqual(edges.map(() => 1));
    await Promise.all(edges.map((edge) => edge.close()));
  });

  test("has taken down each exchange when its answer has arrived", async () => {
    await using origin = await startOrigin((socket) => socket.write(ok("x".repeat(100_000))));
    await using edge = await startEdgecase({ origin: origin.url });

    for (let asked = 1; asked <= 100; asked += 1) {
      await (await fetch(edge.url)).text();
      expect(edge.exchanges()).toHaveLength(asked);
    }
  });
});

describe("close", () => {
  test("leaves no socket, timer or server behind", async () => {
    await using origin = await startOrigin((socket) => socket.write(ok()));
    await (await startEdgecase({ origin: fixture("expired") })).close(); // What is loaded once stays.
    const before = handles();

    for (const one of [origin.url, nowhere, fixture("expired"), fixture("never-answers")]) {
      const edge = await startEdgecase({ origin: one, timeouts: { responseMs: 100 } });
      await (await fetch(edge.url, { headers: { connection: "close" } })).text();
      await edge.close();
    }

    await waitFor(() => handles() <= before, `there are ${handles()}, and were ${before}`);
    expect(origin.open.size).toBe(0);
  });

  test("ends what is under way, and may be called again", async () => {
    await using origin = await startOrigin(() => {});
    const edge = await startEdgecase({ origin: origin.url });
    const pending = fetch(edge.url).catch((error: unknown) => error);
    await waitFor(() => origin.heads.length === 1, "the origin was not asked");

    await edge.close();

    expect(await pending).toMatchObject({ status: 503 });
    await expect(edge.close()).resolves.toBeUndefined();
    await waitFor(() => origin.open.size === 0, "the origin's connection is open");
  });
});

/** fetch over a connection of its own: on a kept one it would wait by the fake timers itself. */
function askClosing(url: string, init: RequestInit): Promise<Response> {
  return fetch(url, { ...init, headers: { connection: "close" } });
}

describe("with fake timers", () => {
  afterEach(() => {
    vi.useRealTimers();
  });

  test("starts, answers, times out in real time, and closes", async () => {
    await using silent = await startOrigin(() => {});
    vi.useFakeTimers();
    const edge = await startEdgecase({ origin: silent.url, timeouts: { responseMs: 50 } });

    const response = await fetch(edge.url);

    expect(response.status).toBe(524);
    expect(await edge.metric("edgecase_errors_total", { code: "524" })).toBe(1);
    await edge.close();
  });

  test.each([undefined, "content"])(
    "goes on over a kept connection, with body %j",
    async (body) => {
      await using origin = await startOrigin((socket) => socket.write(ok()));
      vi.useFakeTimers();
      await using edge = await startEdgecase({ origin: origin.url });
      const init = body === undefined ? {} : { method: "POST", body };

      for (let asked = 0; asked < 3; asked += 1) await (await askClosing(edge.url, init)).text();

      expect(edge.exchanges()).toMatchObject([
        { reused: true },
        { reused: true },
        { reused: false },
      ]);
    },
  );

  test("is not hurried by a clock that is put forward", async () => {
    const asked: Socket[] = [];
    await using origin = await startOrigin((socket) => asked.push(socket));
    vi.useFakeTimers({ now: 0 });
    await using edge = await startEdgecase({ origin: origin.url });

    const pending = fetch(edge.url);
    while (asked.length === 0) await vi.advanceTimersByTimeAsync(1_000);
    await vi.advanceTimersByTimeAsync(200_000);
    asked[0]?.write(ok());

    expect((await pending).status).toBe(200);
  });
});
