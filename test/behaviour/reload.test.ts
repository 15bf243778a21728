// Another configuration takes the place of the one in force: what stays, what goes, and what becomes of requests under way.

import type { Socket } from "node:net";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

import { describe, expect, test } from "vitest";

import type { ConfigFile, ZoneFile } from "../../src/config/schema.ts";
import { startGatewayOn, type TestGateway, waitFor } from "../helpers/gateway.ts";
import { startHttp2Origin } from "../helpers/http2-origin.ts";
import { ok, startOrigin, type TestOrigin } from "../helpers/origin.ts";
import { field } from "../helpers/raw-client.ts";

/** A zone on `a.test`. */
function zoneAt(origin: string | string[], more: Partial<ZoneFile> = {}): ZoneFile {
  return { hosts: ["a.test"], origins: [origin].flat(), ...more };
}

/** A configuration with that zone alone. */
function withZone(origin: string | string[], more: Partial<ZoneFile> = {}): ConfigFile {
  return { zones: [zoneAt(origin, more)] };
}

/** A configuration with a zone for each host. */
function withHosts(...hosts: string[]): ConfigFile {
  return { zones: hosts.map((host) => ({ hosts: [host], origins: ["http://127.0.0.1:9"] })) };
}

/** An origin that answers at once with its name. */
function startNamed(name: string): Promise<TestOrigin> {
  return startOrigin((socket) => socket.write(ok(name)));
}

/** An origin that keeps every request waiting; sockets in the order of their requests. */
async function startHolding(): Promise<TestOrigin & { readonly held: Socket[] }> {
  const held: Socket[] = [];
  return Object.assign(await startOrigin((socket) => held.push(socket)), { held });
}

/** Sends a request; resolves, once the origin has it, with the answer that is still to come. */
async function begin(gateway: TestGateway, origin: { readonly held: readonly Socket[] }) {
  const before = origin.held.length;
  const answer = gateway.get("/", [["Host", "a.test"]]);
  await waitFor(() => origin.held.length > before, "the origin has not got the request");
  return { answer };
}

describe("a zone that did not change", () => {
  test("stays as it is, with its connections and counters", async () => {
    await using origin = await startNamed("one");
    const config = withZone(origin.url, {
      passive: { statuses: [503] },
      errorRules: [{ status: [404], body: "none" }],
    });
    await using gateway = await startGatewayOn(config);
    await gateway.get();
    const [zone] = gateway.gateway.zones;

    const outcome = await gateway.reload({
      zones: [{ hosts: ["new.test"], origins: [origin.url] }, ...(config.zones ?? [])],
    });
    await gateway.get("/", [["Host", "a.test"]]);

    expect(outcome).toEqual({ added: ["new.test"], changed: [], removed: [], needsRestart: [] });
    expect(gateway.gateway.zones[1]).toBe(zone);
    expect(origin.connections).toBe(1);
    expect(await gateway.metric("edgecase_requests_total", { zone: "a.test" })).toBe(2);
  });

  test("is the same whatever its place in the file", async () => {
    await using gateway = await startGatewayOn(withHosts("a.test", "b.test", "c.test"));

    const outcome = await gateway.reload(withHosts("c.test", "a.test", "b.test"));

    expect(outcome).toMatchObject({ added: [], changed: [], removed: [] });
  });
});

describe("a zone that changed", () => {
  test("takes requests by its new configuration at once, and goes on with its counts", async () => {
    await using origin = await startNamed("new");
    await using gateway = await startGatewayOn(withZone("http://127.0.0.1:9"));
    const [before] = gateway.gateway.zones;
    await gateway.get();

    const outcome = await gateway.reload(withZone(origin.url));
    const { body } = await gateway.get();

    expect(outcome).toMatchObject({ added: [], changed: ["a.test"], removed: [] });
    expect(body.toString()).toBe("new");
    expect(gateway.gateway.zones[0]?.retryCounts).toBe(before?.retryCounts);
    expect(await gateway.metric("edgecase_requests_total", { zone: "a.test" })).toBe(2);
    expect(await gateway.metric("edgecase_errors_total", { zone: "a.test", code: "521" })).toBe(1);
  });

  test("closes the connections that it kept at once, whatever else is under way", async () => {
    await using first = await startHolding();
    await using gateway = await startGatewayOn(withZone(first.url));
    const [slow, quick] = [await begin(gateway, first), await begin(gateway, first)];
    first.held[1]?.write(ok("quick"));
    await quick.answer;

    await gateway.reload(withZone("http://127.0.0.1:9"));
    await waitFor(() => first.open.size === 1, "the kept connection is still there");
    first.held[0]?.write(ok("slow"));

    expect((await slow.answer).body.toString()).toBe("slow");
    expect(first.connections).toBe(2);
  });

  test("lets the requests under way end as they began, and closes their connections then", async () => {
    await using first = await startHolding();
    await using second = await startNamed("second");
    await using gateway = await startGatewayOn(withZone(first.url, { fields: { server: "old" } }));
    const { answer } = await begin(gateway, first);

    await gateway.reload(withZone(second.url, { fields: { server: "new" } }));
    const after = await gateway.get();
    first.held[0]?.write(ok("first"));

    expect([after.body.toString(), field(after, "server")]).toEqual(["second", "new"]);
    expect((await answer).body.toString()).toBe("first");
    expect(field(await answer, "server")).toBe("old");
    await waitFor(() => first.open.size === 0, "the connection in use was kept");
  });

  test("still gives a request that fails another turn, at an origin that it had", async () => {
    await using broken = await startHolding();
    await using other = await startNamed("other");
    const failover = { on: ["connection_terminated"] };
    await using gateway = await startGatewayOn(withZone([broken.url, other.url], { failover }));
    const { answer } = await begin(gateway, broken);

    await gateway.reload(withZone("http://127.0.0.1:9"));
    broken.held[0]?.destroy();

    expect((await answer).body.toString()).toBe("other");
    await waitFor(() => other.open.size === 0, "a zone that has retired keeps a connection");
  });

  test("still gives a connection to whoever waits for one", async () => {
    await using origin = await startHolding();
    const limits = { originConnections: 1 };
    await using gateway = await startGatewayOn(withZone(origin.url, { limits }));
    const { answer } = await begin(gateway, origin);
    const waiting = gateway.get("/waiting");
    const pool = gateway.gateway.zones[0]?.origins[0]?.connections[0];
    await waitFor(() => pool?.counts.queued === 1, "the second request does not wait");

    await gateway.reload(withZone("http://127.0.0.1:9"));
    origin.held[0]?.write(ok("first"));
    await waitFor(() => origin.held.length === 2, "the second request was not sent");
    origin.held[1]?.write(ok("second"));

    expect((await answer).body.toString()).toBe("first");
    expect((await waiting).body.toString()).toBe("second");
    await waitFor(() => origin.open.size === 0, "the connection was kept");
  });

  test("lets the streams of an HTTP/2 connection end, and closes it then", async () => {
    const held: (() => void)[] = [];
    await using origin = await startHttp2Origin((stream, head) => {
      const answer = (): void => {
        stream.respond({ ":status": 200 });
        stream.end(String(head[":path"]));
      };
      if (head[":path"] === "/slow") held.push(answer);
      else answer();
    });
    await using gateway = await startGatewayOn(withZone(origin.url, { h2c: true }));
    await gateway.get("/quick");
    const slow = gateway.get("/slow");
    await waitFor(() => held.length === 1, "the origin has not got the request");

    await gateway.reload(withZone("http://127.0.0.1:9"));
    held[0]?.();

    expect((await slow).body.toString()).toBe("/slow");
    await waitFor(() => origin.open.size === 0, "the connection was kept");
  });
});

describe("a zone that was removed", () => {
  test("takes no request, and its series go with it", async () => {
    await using origin = await startNamed("one");
    await using gateway = await startGatewayOn(withZone(origin.url));
    await gateway.get();

    const outcome = await gateway.reload({ zones: [{ hosts: ["b.test"], origins: [origin.url] }] });
    const { status } = await gateway.get();

    expect(outcome).toMatchObject({ added: ["b.test"], removed: ["a.test"] });
    expect(status).toBe(409);
    expect(await gateway.samples("edgecase_requests_total", 'zone="a.test"')).toEqual([]);
    expect(await gateway.samples("edgecase_errors_total", 'zone="b.test"')).not.toEqual([]);
    await waitFor(() => origin.open.size === 0, "the kept connection is still there");
  });

  test("takes with it what the checks of its origin have found, unless another zone has it checked, too", async () => {
    await using origin = await startNamed("one");
    const monitor = { interval: 0.2, timeout: 0.2 };
    const zone = zoneAt(origin.url, { monitor });
    const other = { ...zone, hosts: ["b.test"], monitor: { ...monitor, path: "/other" } };
    const counts = (): Promise<readonly string[]> =>
      gateway.samples("edgecase_health_checks_total", `origin="${origin.url}"`);
    await using gateway = await startGatewayOn({ zones: [zone, other] });
    await waitFor(() => origin.heads.length > 2, "the origin is not checked");

    await gateway.reload({ zones: [other] });
    const shared = await counts();
    await gateway.reload(withHosts("c.test"));

    expect(shared).toHaveLength(1);
    expect(await counts()).toEqual([]);
  });

  test("judges the requests under way by the profile that went with it", async () => {
    await using origin = await startHolding();
    const codes = { connection_terminated: { status: 599 } };
    await using gateway = await startGatewayOn({
      profiles: { mine: { extends: "cloudflare", codes } },
      zones: [zoneAt(origin.url, { errors: { profile: "mine" } })],
    });
    const { answer } = await begin(gateway, origin);

    await gateway.reload({ zones: [{ hosts: ["b.test"], origins: ["http://127.0.0.1:9"] }] });
    origin.held[0]?.destroy();

    expect((await answer).status).toBe(599);
    expect(await gateway.line()).toMatchObject({ zone: "a.test", code: 599 });
    expect(await gateway.metric("edgecase_errors_total", { zone: "none", code: "599" })).toBe(1);
  });
});

describe("a reload", () => {
  test("is counted from 0, and leaves the time when it was good", async () => {
    await using gateway = await startGatewayOn(withZone("http://127.0.0.1:9"));
    const { metrics, reloads } = gateway.gateway;
    const start = (await metrics.scrape(undefined)).body;

    await gateway.reload(withZone("http://127.0.0.1:9"));
    reloads.failed(new Error("a defect"), 1);

    expect(start).toContain('edgecase_config_reloads_total{result="success"} 0');
    expect(start).toContain('edgecase_config_reloads_total{result="failure"} 0');
    expect(start).toContain("edgecase_config_last_reload_successful 1");
    expect(await gateway.metric("edgecase_config_reloads_total", { result: "success" })).toBe(1);
    expect(await gateway.metric("edgecase_config_reloads_total", { result: "failure" })).toBe(1);
    expect(await gateway.metric("edgecase_config_last_reload_successful")).toBe(0);
    const at = await gateway.metric("edgecase_config_last_reload_success_timestamp_seconds");
    expect(Math.abs(at - Date.now() / 1_000)).toBeLessThan(60);
  });

  test("two hundred times leaves no zone, connection, timer or memory behind", async () => {
    await using first = await startNamed("first");
    await using second = await startNamed("second");
    await using gateway = await startGatewayOn(withZone(first.url));
    const zones: WeakRef<object>[] = [];
    const reloadOften = async (times: number): Promise<void> => {
      for (let time = 0; time < times; time += 1) {
        await gateway.reload(withZone(time % 2 === 0 ? second.url : first.url));
        zones.push(new WeakRef(gateway.gateway.zones[0] ?? {}));
        await gateway.get();
      }
    };
    await reloadOften(20);
    await waitFor(() => first.open.size + second.open.size <= 1, "connections are left");
    const before = process.getActiveResourcesInfo().length;

    await reloadOften(200);

    await waitFor(() => first.open.size + second.open.size <= 1, "connections are left");
    await waitFor(() => process.getActiveResourcesInfo().length <= before + 2, "handles are left");
    const isCollected = await waitFor(() => {
      collectGarbage();
      return zones.filter((zone) => zone.deref() !== undefined).length < 10;
    }, "zones are left in memory");
    expect(isCollected).toBe(true);
  });
});

/** What `node --expose-gc` has as `gc`. */
function collectGarbage(): void {
  setFlagsFromString("--expose-gc");
  (runInNewContext("gc") as () => void)();
}
