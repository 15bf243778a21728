// The gateway as a program makes it.

import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { describe, expect, test } from "vitest";

import { type ConfigFile, ConfigError, createGateway } from "../../src/index.ts";
import { waitFor } from "../helpers/gateway.ts";
import { ok, startOrigin } from "../helpers/origin.ts";

const free = { listen: { http: 0, https: false as const }, admin: { port: false as const } };

/** Nothing listens on port 9. */
const down: ConfigFile = { ...free, zones: [{ hosts: ["*"], origins: ["http://127.0.0.1:9"] }] };

describe("a gateway that a program makes", () => {
  test("proxies from start to close, on the ports that it tells", async () => {
    await using origin = await startOrigin((socket) => socket.write(ok()));
    const gateway = createGateway({ ...free, zones: [{ hosts: ["*"], origins: [origin.url] }] });
    await gateway.start();
    const url = gateway.urls.http ?? "";

    const response = await fetch(url);

    expect(response.status).toBe(200);
    expect(url).toBe(`http://127.0.0.1:${gateway.ports.http}`);
    expect(gateway.urls).toMatchObject({ https: null, admin: null });
    await gateway.close();
    await expect(fetch(url)).rejects.toThrow("fetch failed");
  });

  test("opens the admin port that its configuration asks for", async () => {
    await using gateway = createGateway({ ...down, admin: { port: 0 } });
    await gateway.start();

    const ready = await fetch(`${gateway.urls.admin}/readyz`);

    expect(ready.status).toBe(200);
  });

  test("throws every problem of a configuration, with path, rule and value", () => {
    const wrong = { ...down, clock: -1, zones: [{ hosts: ["*"], origins: ["ftp://x"] }] };

    let thrown: unknown;
    try {
      createGateway({ ...wrong, clok: 1 } as ConfigFile);
    } catch (error) {
      thrown = error;
    }

    expect(thrown).toBeInstanceOf(ConfigError);
    expect((thrown as ConfigError).problems).toContainEqual({
      path: "clock",
      rule: expect.stringContaining("0") as string,
      found: "-1",
    });
    expect((thrown as ConfigError).problems).toContainEqual(
      expect.objectContaining({ path: "clok", nearest: "clock" }),
    );
    expect(() => createGateway(wrong)).toThrow("clock");
    expect(() => createGateway({ ...wrong, clock: 1 })).toThrow("zones[0].origins[0]");
  });

  test("hands over access lines and messages, and writes neither by itself", async () => {
    const lines: string[] = [];
    const messages: string[] = [];
    await using gateway = createGateway(down, {
      accessLog: (line) => lines.push(line),
      messages: (line) => messages.push(line),
    });
    await gateway.start();

    await fetch(gateway.urls.http ?? "");
    await gateway.reload();

    await waitFor(() => lines.length === 1, "no access line");
    expect(JSON.parse(lines[0] ?? "")).toMatchObject({ failure: "connection_refused", code: 521 });
    expect(messages.join("")).toContain("configuration");
  });

  test("keeps its exchanges where it is told to", async () => {
    await using keeping = createGateway(down, { keepExchanges: true });
    await using other = createGateway(down);
    await Promise.all([keeping.start(), other.start()]);

    await fetch(`${keeping.urls.http}/a?b`);
    await fetch(`${other.urls.http}/a`);

    expect(keeping.exchanges({ code: 521 })).toMatchObject([{ path: "/a", status: 521 }]);
    expect(other.exchanges()).toEqual([]);
  });

  test("changes settings, and refuses what is none", async () => {
    await using gateway = createGateway(down);
    await gateway.start();

    gateway.set({ codes: "generic" });

    expect((await fetch(gateway.urls.http ?? "")).status).toBe(502);
    expect(gateway.settings).toMatchObject({ codes: "generic", zones: [{ codes: "generic" }] });
    expect(() => gateway.set({ codes: "vague" } as never)).toThrow("codes: must be");
    expect(() => gateway.set({ profile: "cloudflair" })).toThrow('did you mean "cloudflare"?');
    expect(() => gateway.set({ zone: "x.test", pages: "verbose" })).toThrow("zone");
    expect(gateway.settings.profile).toBe("cloudflare");
  });

  test("reads what it was made of anew, or takes another configuration", async () => {
    const folder = mkdtempSync(join(tmpdir(), "edgecase-test-"));
    const file = join(folder, "edgecase.json");
    const write = (config: ConfigFile) => writeFileSync(file, JSON.stringify(config));
    write(down);
    await using gateway = createGateway(file);
    await gateway.start();

    write({ ...down, errors: { codes: "generic" } });
    await gateway.reload();
    const afterFile = await fetch(gateway.urls.http ?? "");
    const outcome = await gateway.reload({ ...down, clock: 0.5 });
    const afterObject = await fetch(gateway.urls.http ?? "");

    rmSync(folder, { recursive: true });
    expect(afterFile.status).toBe(502);
    expect(outcome).toMatchObject({ changed: ["*"] });
    expect(afterObject.status).toBe(521);
    await expect(gateway.reload({ ...down, clock: 0 })).rejects.toThrow("clock");
    expect(gateway.settings.clock).toBe(0.5);
  });

  test("notices what was changed in an object that it was made of", async () => {
    const config = structuredClone(down);
    await using gateway = createGateway(config);
    await gateway.start();

    config.errors = { codes: "generic" };
    for (const zone of config.zones ?? []) zone.hosts.push("more.test");
    const outcome = await gateway.reload();

    expect(outcome).toMatchObject({ changed: ["*"] });
    expect(gateway.settings.codes).toBe("generic");
  });

  test("tells metrics by the names and labels that they are scraped with", async () => {
    await using gateway = createGateway(down);
    await gateway.start();

    await fetch(gateway.urls.http ?? "");

    expect(await gateway.metric("edgecase_errors_total", { code: "521" })).toBe(1);
    expect(await gateway.metric("edgecase_errors_total", { code: "525" })).toBe(0);
    expect(await gateway.metric("edgecase_request_duration_seconds_count", { zone: "*" })).toBe(1);
    await expect(gateway.metric("edgecase_error_total")).rejects.toThrow(RangeError);
  });

  test("rejects if a port is taken, and leaves nothing open", async () => {
    const taken = createServer().listen(0, "127.0.0.1");
    await once(taken, "listening");
    const { port } = taken.address() as AddressInfo;
    const gateway = createGateway({ ...down, listen: { http: port, https: false } });

    await expect(gateway.start()).rejects.toMatchObject({ code: "EADDRINUSE" });

    await gateway.close();
    taken.close();
  });

  test("can be closed before it was started, and twice", async () => {
    const gateway = createGateway(down);

    await gateway.close();

    await expect(gateway.close()).resolves.toBeUndefined();
  });
});
