// `edgecase serve --workers 2`: processes that share one port, one page of metrics, one admin API, and what they know. Every request has
// a connection of its own here, and so goes now to one worker and now to the other.

import { once } from "node:events";
import { mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { Agent, get } from "node:http";
import { connect as connectPlain } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect } from "node:tls";

import { afterAll, beforeAll, describe, expect, test } from "vitest";

import type { Summary } from "../../src/admin/schemas.ts";
import type { ConfigFile, ZoneFile } from "../../src/config/schema.ts";
import {
  type Command,
  fetchFrom,
  places,
  serving,
  startEdgecase,
} from "../helpers/edgecase-command.ts";
import { type LogLine, waitFor } from "../helpers/gateway.ts";
import { ok, startOrigin, type TestOrigin } from "../helpers/origin.ts";
import type { Program } from "../helpers/program.ts";
import { sumOfSamples } from "../helpers/samples.ts";

/** Starting three processes takes its time where others work, too. */
const startMs = 60_000;
const soonMs = 20_000;

const apart = new Agent({ keepAlive: false });
const nowhere = "http://127.0.0.1:9";

let origin: TestOrigin;
let other: TestOrigin;
let folder: string;
let file: string;
let program: Program;
let command: Command;
let securePort: number;

/** Answers with its name; what is asked for below /hang is not answered until a test says so. */
function startNamed(name: string): Promise<TestOrigin> {
  return startOrigin((socket, head) => {
    if (head.includes(" /hang")) hanging.add(() => void socket.write(ok(name)));
    else socket.write(ok(name));
  });
}
const hanging = new Set<() => void>();

function configOf(...more: ZoneFile[]): ConfigFile {
  const both = [origin.url, other.url];
  return {
    zones: [
      { hosts: ["a.test"], origins: [origin.url] },
      { hosts: ["dead.test"], origins: [nowhere] },
      {
        hosts: ["pool.test"],
        origins: [nowhere, origin.url],
        failover: { retries: 0 },
        passive: { failures: 2, coolDownMs: 600_000 },
      },
      {
        hosts: ["checked.test"],
        origins: [nowhere, origin.url],
        monitor: { type: "tcp", interval: 1, timeout: 1, consecutiveDown: 1 },
      },
      {
        hosts: ["cookie.test"],
        origins: both,
        steering: "round_robin",
        affinity: { by: "cookie" },
      },
      {
        hosts: ["address.test"],
        origins: both,
        steering: "random",
        affinity: { by: "address" },
      },
      ...more,
    ],
    // Ten connections each, and 256 more that are only told so.
    overload: { connections: 20 },
  };
}

beforeAll(async () => {
  [origin, other] = await Promise.all([startNamed("one"), startNamed("other")]);
  folder = mkdtempSync(join(tmpdir(), "edgecase-test-"));
  file = join(folder, "edgecase.json");
  writeFileSync(file, JSON.stringify(configOf()));
  const flags = ["--port", "0", "--https-port", "0", "--admin-port", "0", "--workers", "2"];
  program = startEdgecase(["serve", "--config", file, ...flags]);
  await waitFor(() => places.adminPort.test(program.said()), "it does not serve", startMs);
  command = await serving(program);
  securePort = await program.number(/https:\/\/localhost:(\d+)\//);
}, startMs);

afterAll(async () => {
  await program.end();
  await Promise.all([origin, other].map((one) => one[Symbol.asyncDispose]()));
  rmSync(folder, { recursive: true });
}, startMs);

async function admin(path: string, method = "GET", body?: object): Promise<string> {
  const answer = await fetch(`http://127.0.0.1:${command.adminPort}${path}`, {
    method,
    ...(body !== undefined && {
      body: JSON.stringify(body),
      headers: { "content-type": "application/json" },
    }),
  });
  return answer.text();
}

async function askedFor(path: string): Promise<never> {
  return JSON.parse(await admin(path)) as never;
}

async function metric(name: string, labels: Readonly<Record<string, string>>): Promise<number> {
  return sumOfSamples(await admin("/metrics"), name, labels);
}

/** Statuses of so many requests, one after the other. */
async function statuses(count: number, host: string, path = "/"): Promise<number[]> {
  const got: number[] = [];
  for (let left = count; left > 0; left -= 1)
    got.push((await fetchFrom(command.port, host, path, apart)).status);
  return got;
}

/** What an origin says, and the cookie that the edge sets, if it does. */
function ask(
  host: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<{ body: string; cookie: string }> {
  const options = { port: command.port, host: "127.0.0.1", agent: apart };
  return new Promise((resolve, reject) => {
    get({ ...options, headers: { host, ...headers } }, (res) => {
      const [cookie = ""] = res.headers["set-cookie"] ?? [];
      let body = "";
      res.setEncoding("utf8").on("data", (text: string) => (body += text));
      res.on("end", () => resolve({ body, cookie: cookie.split(";", 1)[0] ?? "" }));
    }).on("error", reject);
  });
}

function lines(wanted: (line: LogLine) => boolean): LogLine[] {
  const all = command.written().split("\n").slice(0, -1);
  return all.map((line) => JSON.parse(line) as LogLine).filter(wanted);
}

function reloads(): number {
  return (command.said().match(/"configuration reloaded/g) ?? []).length;
}

/** Puts another configuration in force, as an editor would. */
async function reload(config: ConfigFile): Promise<void> {
  const before = reloads();
  writeFileSync(`${file}~`, JSON.stringify(config));
  renameSync(`${file}~`, file);
  await waitFor(() => reloads() > before, `no reload: ${command.said()}`, soonMs);
}

async function waitUntil(isSo: () => Promise<boolean>): Promise<void> {
  const until = performance.now() + soonMs;
  while (!(await isSo())) if (performance.now() > until) throw new Error("it does not come about");
}

/** Process ids of the workers that took requests, the latest of each place. */
function pids(): number[] {
  const said = command.said().matchAll(/"worker":(\d+),"pid":(\d+),"msg":"a worker takes/g);
  return [...new Map([...said].map(([, place, pid]) => [place, Number(pid)])).values()];
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

describe("workers", { timeout: startMs }, () => {
  test("share the port, and are one gateway to whoever asks", async () => {
    await statuses(8, "a.test", "/counted");

    const { exchanges } = (await askedFor("/api/exchanges?zone=a.test")) as {
      exchanges: Summary[];
    };
    const whole = await Promise.all(
      exchanges.map(({ ray }) => admin(`/api/exchanges/${ray.slice(0, 16)}`)),
    );
    const labels = { zone: "a.test", status: "200" };
    // Each worker keeps a connection of its own.
    const idle = { zone: "a.test", state: "idle" };

    expect(await metric("edgecase_requests_total", labels)).toBe(8);
    expect(await metric("edgecase_request_duration_seconds_count", { zone: "a.test" })).toBe(8);
    expect(await metric("edgecase_origin_connections", idle)).toBe(2);
    expect(exchanges).toHaveLength(8);
    expect(whole.map((text) => (JSON.parse(text) as Summary).ray)).toEqual(
      exchanges.map(({ ray }) => ray),
    );
    expect(exchanges.toSorted((left, right) => right.seq - left.seq)).toEqual(exchanges);
    await waitFor(() => lines(({ path }) => path === "/counted").length === 8, "no 8 lines", soonMs); // prettier-ignore
  });

  test("go by a changed setting as soon as the change is answered", async () => {
    const before = await statuses(4, "dead.test");

    await admin("/api/settings", "PATCH", { codes: "generic", zone: "dead.test" });
    const generic = await statuses(4, "dead.test");
    await admin("/api/settings", "PATCH", { codes: "detailed", zone: "dead.test" });

    expect([before, generic, await statuses(4, "dead.test")]).toEqual(
      [521, 502, 521].map((status) => Array.from({ length: 4 }, () => status)),
    );
    expect(await metric("edgecase_errors_total", { zone: "dead.test", code: "521" })).toBe(12);
  });

  test("count together how often a fault is injected", async () => {
    await admin("/api/faults", "POST", { fault: "expired", zone: "a.test", count: 3 });
    const got = await statuses(6, "a.test", "/injected");
    await admin("/api/faults", "POST", { fault: "cut", zone: "a.test", rate: 0 });
    await statuses(2, "a.test", "/spared");
    const { faults } = (await askedFor("/api/faults")) as { faults: object[] };
    await admin("/api/faults", "DELETE");

    expect(got).toEqual([526, 526, 526, 200, 200, 200]);
    expect(faults).toMatchObject([{ fault: "cut", matched: 2, injected: 0 }]);
    expect(await metric("edgecase_injected_requests_total", { fault: "expired" })).toBe(3);
  });

  test("take an origin out when requests fail there, whichever of them sees it", async () => {
    const first = await statuses(2, "pool.test");
    await waitFor(() => command.said().includes('"msg":"origin is taken out"'), "not out", soonMs);
    const later = await statuses(4, "pool.test");
    const zones = (await askedFor("/api/pools")) as { zone: string; pools: object[] }[];

    expect(first).toEqual([521, 521]);
    expect(later).toEqual([200, 200, 200, 200]);
    expect(zones.find(({ zone }) => zone === "pool.test")?.pools[0]).toMatchObject({
      state: "degraded",
      origins: [{ state: "ejected", ejections: 1 }, { state: "healthy" }],
    });
    expect(await metric("edgecase_origin_ejections_total", { zone: "pool.test" })).toBe(1);
  });

  test("go by what the one check of an origin finds", async () => {
    await waitFor(() => command.said().includes('"msg":"origin is unhealthy"'), "no check", soonMs);
    const failed = await metric("edgecase_failures_total", { zone: "checked.test" });

    expect(await statuses(4, "checked.test")).toEqual([200, 200, 200, 200]);
    expect(await metric("edgecase_failures_total", { zone: "checked.test" })).toBe(failed);
    expect(command.said().match(/"msg":"origin is unhealthy"/g)).toHaveLength(1);
  });

  test("know one another's clients, by cookie and by address", async () => {
    const { cookie } = await ask("cookie.test");
    const byCookie: string[] = [];
    const byAddress: string[] = [];
    for (let left = 4; left > 0; left -= 1)
      byCookie.push((await ask("cookie.test", { cookie })).body);
    byAddress.push((await ask("address.test")).body);
    // What one has noticed, the other knows when both have answered twice.
    for (let left = 2; left > 0; left -= 1) await admin("/api/zones");
    for (let left = 8; left > 0; left -= 1) byAddress.push((await ask("address.test")).body);

    expect(new Set(byCookie).size).toBe(1);
    expect(cookie).not.toBe("");
    expect(new Set(byAddress).size).toBe(1);
  });

  test("show certificates of one CA", async () => {
    const fingerprints: (string | undefined)[] = [];
    for (let left = 4; left > 0; left -= 1) {
      const socket = connect({ port: securePort, host: "127.0.0.1", servername: "a.test", rejectUnauthorized: false }); // prettier-ignore
      await once(socket, "secureConnect");
      fingerprints.push(socket.getPeerX509Certificate()?.issuer);
      socket.destroy();
    }

    expect(new Set(fingerprints).size).toBe(1);
  });

  test("have the numbers of what is under way added up, and close connections that are too many for both", async () => {
    const most = 2 * (10 + 256);
    const sockets = Array.from({ length: most + 100 }, () =>
      connectPlain(command.port, "127.0.0.1"),
    );
    for (const socket of sockets) socket.on("error", () => {}).resume();
    const connections = "edgecase_client_connections";
    await waitUntil(async () => (await metric(`${connections}_dropped_total`, {})) > 0);
    const there = await metric(connections, {});
    for (const socket of sockets) socket.destroy();
    await waitUntil(async () => (await metric(connections, {})) === 0);

    expect(there).toBeGreaterThan(0);
    expect(there).toBeLessThanOrEqual(most);
    expect(await statuses(2, "a.test")).toEqual([200, 200]);
  });

  test("have no origin that is the admin port", async () => {
    const zone = { hosts: ["admin.test"], origins: [`http://127.0.0.1:${command.adminPort}`] };
    await reload(configOf(zone));

    expect(await statuses(2, "admin.test")).toEqual([403, 403]);
  });

  test("take a new configuration one after the other, and tell of it once", async () => {
    const before = reloads();

    await reload(configOf({ hosts: ["new.test"], origins: [origin.url] }));

    expect(await statuses(4, "new.test")).toEqual([200, 200, 200, 200]);
    expect(reloads()).toBe(before + 1);
    expect(await metric("edgecase_config_reloads_total", { result: "success" })).toBe(before + 1);
  });

  test("are replaced when they are killed, and what became of their requests is told", async () => {
    const { size } = hanging;
    const asked = Array.from({ length: 6 }, (_, index) =>
      fetchFrom(command.port, "a.test", `/hang/${index}?secret`, apart).then(
        ({ status }) => status,
        () => 0,
      ),
    );
    await waitFor(() => hanging.size === size + 6, "the origin was not asked", soonMs);
    const counted = await metric("edgecase_requests_total", { zone: "a.test", status: "200" });
    const [killed = 0] = pids();

    process.kill(killed, "SIGKILL");
    await waitFor(() => pids().every((pid) => pid !== killed), "it is not replaced", startMs);
    for (const answer of hanging) answer();
    const got = await Promise.all(asked);

    const lost = got.filter((status) => status === 0).length;
    const fates = await waitFor(() => {
      const found = lines(({ path, status }) => String(path).startsWith("/hang") && status === 0);
      return found.length >= lost ? found : null;
    }, "no lines"); // prettier-ignore
    expect(lost).toBeGreaterThan(0);
    expect(lost).toBeLessThan(6);
    expect(fates).toHaveLength(lost);
    expect(fates[0]).toMatchObject({
      level: 50,
      zone: "a.test",
      client: "127.0.0.1",
      method: "GET",
      host: "a.test",
      path: expect.stringMatching(/^\/hang\/\d$/) as string,
      protocol: "HTTP/1.1",
      failure: "proxy_internal_error",
      reason: "worker_ended",
      late: false,
      detail: "the worker that had the request ended (SIGKILL)",
    });
    expect(command.said()).toMatch(
      new RegExp(`"pid":${killed},"code":null,"signal":"SIGKILL","requests":${lost},"msg"`),
    );
    const ended = { zone: "a.test", reason: "worker_ended" };
    expect(await metric("edgecase_failures_total", ended)).toBe(lost);
    expect(await metric("edgecase_requests_total", { zone: "a.test", status: "0" })).toBe(lost);
    expect(await metric("edgecase_requests_total", { zone: "a.test", status: "200" })).toBe(
      counted + 6 - lost,
    );
    expect(await statuses(4, "a.test")).toEqual([200, 200, 200, 200]);
    expect(await statuses(2, "pool.test")).toEqual([200, 200]);
  });

  test("end with the command", async () => {
    const before = pids();
    const areAlive = before.map(isAlive);

    const code = await command.end();

    expect(areAlive).toEqual([true, true]);
    expect(code).toBe(0);
    expect(before.map(isAlive)).toEqual([false, false]);
  });
});
