// Faults put in the way of requests: which requests have them, that they are real, and how they are marked.

import { connect as connectHttp2 } from "node:http2";

import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { ok, startOrigin, type TestOrigin } from "../helpers/origin.ts";
import { startGatewayOn, type TestGateway } from "../helpers/gateway.ts";
import type { ConfigFile } from "../../src/config/schema.ts";
import type { FaultRequest } from "../../src/admin/fault-schemas.ts";
import { addFault } from "../../src/admin/faults.ts";

const content = "x".repeat(10_000);

let origin: TestOrigin;
beforeAll(async () => {
  origin = await startOrigin((socket) => socket.write(ok(content)));
});
afterAll(() => origin[Symbol.asyncDispose]());

/** A gateway whose zone has an origin that works. */
function start(config: ConfigFile = {}): Promise<TestGateway> {
  return startGatewayOn({ zones: [{ hosts: ["shop.test"], origins: [origin.url] }], ...config });
}

/** Puts a fault in force, as the admin API does. */
async function inject(gateway: TestGateway, fault: FaultRequest): Promise<void> {
  expect(await addFault(fault, gateway.gateway)).not.toHaveProperty("rule");
}

describe("an injected fault", () => {
  test.each([
    ["520", 520, "connection_terminated", "closes-silently"],
    ["521", 521, "connection_refused", "refused"],
    ["522", 522, "connection_timeout", "accept-queue-full"],
    ["523", 523, "dns_error", "nxdomain"],
    ["524", 524, "http_response_timeout", "never-answers"],
    ["525", 525, "tls_protocol_error", "closed-in-handshake"],
    ["526", 526, "tls_certificate_error", "expired"],
    ["502", 502, "http_response_content_coding", "corrupt-gzip"],
    ["503", 503, "destination_unavailable", "destination_unavailable"],
    ["1000", 403, "destination_ip_prohibited", "prohibited-address"],
    ["connection_limit_reached", 503, "connection_limit_reached", "connection_limit_reached"],
    ["tls_alert_received", 525, "tls_alert_received", "alert-handshake-failure"],
    ["wrong_host", 526, "tls_certificate_error", "wrong-host"],
    ["dns_error/servfail", 523, "dns_error", "servfail"],
    ["http2-only", 520, "http_protocol_error", "http2-only"],
  ])("%s makes it answer %i for a real %s", async (fault, status, failure, name) => {
    await using gateway = await start();
    await inject(gateway, { fault });
    const before = origin.heads.length;

    const response = await gateway.get("/");

    expect(response.status).toBe(status);
    expect(await gateway.line()).toMatchObject({ failure, injected: name, status });
    expect(origin.heads).toHaveLength(before);
  });

  test("is marked on the verbose page, in the log, in the metrics, and not on the sanitized page", async () => {
    await using gateway = await start();
    await inject(gateway, { fault: "expired" });

    const verbose = await gateway.get("/", [["Accept", "application/json"]]);
    const page = await gateway.get("/");
    gateway.gateway.settings.change({ pages: "sanitized" });
    const sanitized = await gateway.get("/");

    expect(JSON.parse(verbose.body.toString())).toMatchObject({ failure: { injected: "expired" } });
    expect(page.body.toString()).toContain("Injected: this fault (expired) was put");
    expect(sanitized.body.toString().toLowerCase()).not.toContain("inject");
    expect(gateway.lines).toMatchObject(
      Array.from({ length: 3 }, () => ({ injected: "expired", origin: "zoo:expired" })),
    );
    expect(
      await gateway.metric("edgecase_failures_total", { injected: "true", origin: "zoo:expired" }),
    ).toBe(3);
    expect(
      await gateway.metric("edgecase_injected_requests_total", {
        zone: "shop.test",
        fault: "expired",
      }),
    ).toBe(3);
    expect(await gateway.metric("edgecase_errors_total", { code: "526" })).toBe(3);
  });

  test("waits as long as the zone's clock says", async () => {
    await using gateway = await start({ timeouts: { dnsMs: 60_000, connectMs: 60_000 } });
    await inject(gateway, { fault: "connection_timeout" });
    gateway.gateway.settings.change({ clock: 0.005 });

    const response = await gateway.get("/");

    expect(response.status).toBe(522);
    expect((await gateway.line())["totalMs"]).toBeGreaterThan(250);
  });

  test("leaves how the zone's own origin stands alone", async () => {
    await using gateway = await startGatewayOn({
      zones: [
        {
          hosts: ["shop.test"],
          origins: [origin.url, "http://127.0.0.1:9"],
          passive: { failures: 1 },
        },
      ],
    });
    await inject(gateway, { fault: 521, count: 3 });

    const statuses = [];
    for (let index = 0; index < 4; index += 1) statuses.push((await gateway.get("/")).status);

    expect(statuses).toEqual([521, 521, 521, 200]);
    expect(await gateway.metric("edgecase_origin_ejections_total")).toBe(0);
  });
});

describe("which requests have it", () => {
  test.each<[string, FaultRequest["match"], boolean]>([
    ["path", { path: "/api/*" }, true],
    ["another path", { path: "/api" }, false],
    ["host", { host: "*.test" }, true],
    ["another host", { host: "test" }, false],
    ["method", { method: "GET" }, true],
    ["another method", { method: "POST" }, false],
    ["field", { header: { "X-Plan": "fr*" } }, true],
    ["another field", { header: { "x-plan": "paid" } }, false],
    ["a field that is not there", { header: { "x-other": "*" } }, false],
    ["all of them", { host: "shop.*", path: "*/v1*items", method: "GET" }, true],
    ["not all of them", { host: "shop.*", path: "/web/*" }, false],
  ])("is decided by %s", async (_what, match, isMeant) => {
    await using gateway = await start();
    await inject(gateway, { fault: 521, match: match ?? {} });

    const response = await gateway.get("/api/v1/items?path=/web/", [["X-Plan", "free"]]);

    expect(response.status).toBe(isMeant ? 521 : 200);
  });

  test("is decided by zone", async () => {
    await using gateway = await start({
      zones: [
        { hosts: ["shop.test", "www.shop.test"], origins: [origin.url] },
        { hosts: ["other.test"], origins: [origin.url] },
      ],
    });
    await inject(gateway, { fault: 521, zone: "www.shop.test" });

    const shop = await gateway.request({ host: "shop.test" });
    const other = await gateway.request({ host: "other.test" });

    expect([shop.status, other.status]).toEqual([521, 200]);
  });

  test("are as many as count says", async () => {
    await using gateway = await start();
    await inject(gateway, { fault: 521, count: 2 });

    const statuses = [];
    for (let index = 0; index < 4; index += 1) statuses.push((await gateway.get("/")).status);

    expect(statuses).toEqual([521, 521, 200, 200]);
    expect(gateway.gateway.injection.rules).toEqual([]);
  });

  test("are the same ones for the same seed, about as many as rate says", async () => {
    const runs = [];
    for (let run = 0; run < 2; run += 1) {
      await using gateway = await start();
      await inject(gateway, { fault: 521, rate: 0.3, seed: 42 });
      const statuses = [];
      for (let index = 0; index < 60; index += 1) statuses.push((await gateway.get("/")).status);
      runs.push(statuses);
    }

    expect(runs[0]).toEqual(runs[1]);
    expect(runs[0]?.filter((status) => status === 521).length).toBeGreaterThan(8);
    expect(runs[0]?.filter((status) => status === 521).length).toBeLessThan(30);
  });

  test("are none once its time is over", async () => {
    await using gateway = await start();
    await inject(gateway, { fault: 521, for: 1 });

    await expect.poll(() => gateway.gateway.injection.rules).toEqual([]);

    expect((await gateway.get("/")).status).toBe(200);
  });

  test("wait for its delay, and a client that does not wait has left", async () => {
    await using gateway = await start();
    await inject(gateway, { fault: 521, delay: "300ms" });

    const slow = await gateway.get("/");
    const leaving = gateway.connect();
    leaving.send("GET / HTTP/1.1\r\nHost: shop.test\r\n\r\n");
    await expect.poll(() => gateway.gateway.injection.rules[0]?.injected).toBe(2);
    leaving.close();

    expect(slow.status).toBe(521);
    expect(gateway.lines[0]?.["totalMs"]).toBeGreaterThan(290);
    expect(await gateway.line(({ status }) => status === 499)).toMatchObject({ failure: null });
  });
});

describe("a late fault", () => {
  test.each([0, 1, 4_096, 9_999])(
    "cut lets %i bytes pass, and resets the connection",
    async (after) => {
      await using gateway = await start();
      await inject(gateway, { fault: "cut", after });

      const response = await gateway.get("/");

      expect(response).toMatchObject({ status: 200, ending: "truncated" });
      expect(response.body.length).toBe(after);
      expect(await gateway.line()).toMatchObject({
        failure: "http_response_incomplete",
        reason: "reset_early",
        late: true,
        injected: "cut",
        origin: origin.url,
        responseBytes: after,
      });
    },
  );

  test("cut breaks a response that has come whole, in one piece", async () => {
    await using small = await startOrigin((socket) => socket.write(ok()));
    await using gateway = await startGatewayOn({
      timeouts: { bodyIdleMs: 60_000 }, // Nobody is to wait for that.
      zones: [{ hosts: ["shop.test"], origins: [small.url] }],
    });
    await inject(gateway, { fault: "cut", after: 3 });

    const response = await gateway.request({ host: "shop.test" });

    expect(response).toMatchObject({ status: 200, ending: "truncated" });
    expect(response.body.toString()).toBe("hel");
  });

  test("stall stops after so many bytes until the deadline", async () => {
    await using gateway = await start({ timeouts: { bodyIdleMs: 200 } });
    await inject(gateway, { fault: "stall", after: 10 });

    const response = await gateway.get("/");

    expect(response.ending).toBe("truncated");
    expect(response.body.length).toBe(10);
    expect(await gateway.line()).toMatchObject({ reason: "stalled", late: true });
  });

  test("does nothing to a response that is shorter, and the next request finds its way", async () => {
    await using gateway = await start();
    await inject(gateway, { fault: "cut", after: 1_000_000, count: 1 });

    const first = await gateway.get("/");
    const second = await gateway.get("/");

    expect(first).toMatchObject({ status: 200, ending: "complete" });
    expect(second).toMatchObject({ status: 200, ending: "complete" });
  });

  test("resets the stream of an HTTP/2 client", async () => {
    await using gateway = await start({ listen: { https: 0 } });
    await inject(gateway, { fault: "cut", after: 100 });
    const session = connectHttp2(`https://localhost:${gateway.securePort}`, {
      rejectUnauthorized: false,
    });
    session.on("error", () => {});

    const stream = session.request({ ":path": "/", ":authority": "shop.test" });
    const code = await new Promise((resolve) => {
      stream.on("error", () => {}).resume();
      stream.once("close", () => resolve(stream.rstCode));
    });
    session.destroy();

    expect(code).not.toBe(0);
    expect(await gateway.line()).toMatchObject({ late: true, injected: "cut" });
  });
});

describe("the field edgecase-inject", () => {
  test("is passed on like any other unless it is switched on", async () => {
    await using gateway = await start();

    const response = await gateway.get("/", [["edgecase-inject", "525"]]);

    expect(response.status).toBe(200);
    expect(origin.heads.at(-1)).toContain("edgecase-inject: 525");
  });

  test.each([
    ["525", 525],
    ["connection_refused", 521],
    ["expired; delay=1ms", 526],
  ])("%s asks for its own fault", async (value, status) => {
    await using gateway = await start({ inject: { field: true } });

    const response = await gateway.get("/", [["edgecase-inject", value]]);

    expect(response.status).toBe(status);
    expect((await gateway.get("/")).status).toBe(200);
  });

  test.each([
    ["999", "999 is a code that the zone's profile has for no failure of an origin"],
    ["nonsense", '"nonsense" is no code, failure type, reason or broken origin that fails'],
    ["refused", '"refused" may mean dns_error/refused or connection_refused: say which'],
    ["525; wait=1", '"wait=1" is neither delay=2s nor after=4096'],
    ["proxy_internal_error", '"proxy_internal_error" is no failure of an origin'],
  ])("%s is refused with what is wrong", async (value, detail) => {
    await using gateway = await start({ inject: { field: true } });

    const response = await gateway.get("/", [
      ["edgecase-inject", value],
      ["Accept", "text/plain"],
    ]);

    expect(response.status).toBe(400);
    expect(response.body.toString()).toContain(`edgecase-inject: ${detail}`);
  });
});

describe("rules of the configuration", () => {
  test("count in their order, before those made at run time, and end with the configuration", async () => {
    await using gateway = await start({
      inject: {
        rules: [
          { fault: 523, match: { path: "/dns" } },
          { fault: 526, count: 1 },
        ],
      },
    });
    await inject(gateway, { fault: 521 });

    const statuses = [];
    for (const path of ["/dns", "/", "/"]) statuses.push((await gateway.get(path)).status);
    await gateway.reload({ zones: [{ hosts: ["shop.test"], origins: [origin.url] }] });
    statuses.push((await gateway.get("/dns")).status);

    expect(statuses).toEqual([523, 526, 521, 521]);
  });

  test("go on for a zone that a reload has changed", async () => {
    const faults = { rules: [{ fault: "expired" }] };
    await using gateway = await start({ inject: faults });
    const before = await gateway.get("/");

    await gateway.reload({
      inject: faults,
      zones: [{ hosts: ["shop.test"], origins: [origin.url], certificateWarningDays: 3 }],
    });

    expect([before.status, (await gateway.get("/")).status]).toEqual([526, 526]);
  });

  test.each([
    [
      { fault: "expird" },
      "inject.rules[0].fault: is no code, failure type, reason or broken origin",
    ],
    [{ fault: 499 }, "inject.rules[0].fault: is a code that the profile in use has for no failure"],
    [{ fault: "525", after: 1 }, "inject.rules[0].after: is for cut and stall alone"],
    [{ fault: "525", rate: 2 }, "inject.rules[0].rate"],
    [
      { fault: "525", delay: "soon" },
      "inject.rules[0].delay: must be milliseconds up to 86400000 or a wait as 30s",
    ],
    [{ fault: "525", match: { paht: "/" } }, "inject.rules[0].match.paht"],
  ])("%o is refused", async (rule, message) => {
    await expect(start({ inject: { rules: [rule] } } as ConfigFile)).rejects.toThrow(message);
  });
});
