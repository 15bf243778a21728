// The real command, told to end while clients ask: who sees what, in which order.

import { once } from "node:events";
import { Agent, get, type IncomingMessage, request } from "node:http";
import { setTimeout as pause } from "node:timers/promises";

import { afterAll, beforeAll, describe, expect, test } from "vitest";

import type { ConfigFile } from "../../src/config/schema.ts";
import { type GatewayProcess, startGatewayProcess } from "../helpers/gateway-process.ts";
import { waitFor } from "../helpers/gateway.ts";
import { type OriginProcesses, startOrigins } from "../helpers/origin-process.ts";

const host = "shop.test";
let origins: OriginProcesses<"a">;

beforeAll(async () => {
  origins = await startOrigins("a");
}, 60_000);
afterAll(() => origins[Symbol.asyncDispose]());

function start(shutdown: NonNullable<ConfigFile["shutdown"]>): Promise<GatewayProcess> {
  return startGatewayProcess({ shutdown, zones: [{ hosts: [host], origins: [origins.a.url] }] });
}

/** What a client saw: a status and whether the answer was whole, or why there was none. */
interface Seen {
  readonly status: number;
  readonly isWhole: boolean;
  readonly isLast: boolean;
  readonly error: string;
}

/** Never rejects. */
function ask(port: number, query: string, agent?: Agent): Promise<Seen> {
  const options = { host: "127.0.0.1", port, path: `/?${query}`, headers: { host } };
  return new Promise((resolve) => {
    get({ ...options, ...(agent !== undefined && { agent }) }, (res) => read(res, resolve)).on(
      "error",
      (error: NodeJS.ErrnoException) => resolve(unanswered(error)),
    );
  });
}

function read(res: IncomingMessage, resolve: (seen: Seen) => void): void {
  const { statusCode: status = 0, headers } = res;
  res.resume().on("error", () => {});
  res.on("close", () =>
    resolve({ status, isWhole: res.complete, isLast: headers.connection === "close", error: "" }),
  );
}

function unanswered({ code = "", message }: NodeJS.ErrnoException): Seen {
  return { status: 0, isWhole: false, isLast: false, error: code || message };
}

/** Ends it as an orchestrator would, without waiting. */
function tellToEnd(gateway: GatewayProcess): void {
  process.kill(gateway.pid, "SIGTERM");
}

async function readiness({ adminPort }: GatewayProcess): Promise<number> {
  return (await fetch(`http://127.0.0.1:${adminPort}/readyz`)).status;
}

async function requestsUnderWay(gateway: GatewayProcess, count: number): Promise<void> {
  while ((await gateway.metric("edgecase_requests_under_way")) !== count) await pause(20);
}

describe("told to end", () => {
  test("says so at /readyz first, and goes on for shutdown.delayMs", async () => {
    const gateway = await start({ delayMs: 3_000 });

    tellToEnd(gateway);
    while ((await readiness(gateway)) !== 503) await pause(10);
    const meanwhile = await ask(gateway.port, "");
    const health = await fetch(`http://127.0.0.1:${gateway.adminPort}/healthz`);

    expect([meanwhile.status, health.status]).toEqual([200, 200]);
    expect(await gateway.ended).toBe(0);
    expect((await ask(gateway.port, "")).error).toBe("ECONNREFUSED");
  });

  test("lets what is under way end: slow answers, slow content either way, event streams", async () => {
    const gateway = await start({ graceMs: 30_000 });
    const waits = ask(gateway.port, "delay=1500");
    const streams = ask(gateway.port, "size=100000&parts=10&pause=150");
    const upload = request({ port: gateway.port, method: "PUT", headers: { host } });
    upload.write(Buffer.alloc(1_000));
    const uploaded = new Promise<Seen>((resolve) => {
      upload.on("response", (res) => read(res, resolve));
      upload.on("error", (error) => resolve(unanswered(error)));
    });
    await requestsUnderWay(gateway, 3);

    tellToEnd(gateway);
    while ((await ask(gateway.port, "")).error !== "ECONNREFUSED") await pause(20);
    await pause(300);
    upload.end(Buffer.alloc(1_000));
    const seen = await Promise.all([waits, streams, uploaded]);

    expect(seen.map(({ status, isWhole, error }) => ({ status, isWhole, error }))).toEqual(
      seen.map(() => ({ status: 200, isWhole: true, error: "" })),
    );
    expect([seen[0]?.isLast, seen[2]?.isLast]).toEqual([true, true]);
    expect(await gateway.ended).toBe(0);
    expect(gateway.lines.filter(({ failure }) => failure !== null)).toEqual([]);
  });

  test("cuts nobody of many clients that keep their connections", { timeout: 60_000 }, async () => {
    const gateway = await start({ idleMs: 5_000, graceMs: 30_000 });
    const seen: Seen[] = [];
    const agent = new Agent({ keepAlive: true, maxSockets: 30 });
    const lanes = Array.from({ length: 30 }, async (_, lane) => {
      for (;;) {
        const one = await ask(gateway.port, `delay=${lane % 10}&size=2000`, agent);
        seen.push(one);
        if (one.error === "ECONNREFUSED") return;
        await pause(lane * 2);
      }
    });
    await waitFor(() => seen.length > 300, "the clients get nowhere", 20_000);

    tellToEnd(gateway);
    await Promise.all(lanes);
    agent.destroy();

    expect(await gateway.ended).toBe(0);
    const answered = seen.filter(({ error }) => error !== "ECONNREFUSED");
    expect(seen.length - answered.length).toBe(30);
    expect(answered.filter(({ status, isWhole }) => status !== 200 || !isWhole)).toEqual([]);
    expect(gateway.lines).toHaveLength(answered.length);
    // Each connection was told that this was its last answer.
    expect(answered.filter(({ isLast }) => isLast).length).toBeGreaterThanOrEqual(30);
  });

  test("closes connections that idle after shutdown.idleMs, and waits for none of them longer", async () => {
    const gateway = await start({ idleMs: 200, graceMs: 60_000 });
    const agent = new Agent({ keepAlive: true });
    await ask(gateway.port, "", agent);
    const [socket] = Object.values(agent.freeSockets).flat();

    tellToEnd(gateway);
    if (socket !== undefined) await once(socket, "close");

    expect(socket).toBeDefined();
    expect(await gateway.ended).toBe(0);
  });

  test("tells who has no answer at the end of the grace, cuts off who has a part of it, and logs both", async () => {
    const gateway = await start({ graceMs: 500 });
    const waits = ask(gateway.port, "delay=60000");
    const streams = ask(gateway.port, "size=100000&parts=1000&pause=60");
    await requestsUnderWay(gateway, 2);
    await pause(200); // Until the stream has begun.

    tellToEnd(gateway);
    const seen = await Promise.all([waits, streams]);

    expect(seen).toMatchObject([
      { status: 503, isWhole: true, isLast: true },
      { status: 200, isWhole: false },
    ]);
    expect(await gateway.ended).toBe(0);
    const fate = (wanted: number): unknown =>
      gateway.lines
        .filter(({ status }) => status === wanted)
        .map((line) => [line["reason"], line["late"]]);
    expect(gateway.lines).toHaveLength(2);
    expect([fate(200), fate(503)]).toEqual([[["shutting_down", true]], [["shutting_down", false]]]);
    expect(gateway.notices).toContainEqual(
      expect.objectContaining({ requests: 2, msg: "the grace is over: requests are cut off" }),
    );
  });

  test("a second time, ends at once", async () => {
    const gateway = await start({ graceMs: 600_000 });
    const waits = ask(gateway.port, "delay=60000");
    await requestsUnderWay(gateway, 1);
    tellToEnd(gateway);
    while ((await readiness(gateway)) !== 503) await pause(10);

    tellToEnd(gateway);

    expect(await gateway.ended).toBe(1);
    expect(await waits).toMatchObject({ status: 0, error: "ECONNRESET" });
    expect(gateway.notices).toContainEqual(
      expect.objectContaining({ msg: "told to end a second time: everything is cut off" }),
    );
  });
});
