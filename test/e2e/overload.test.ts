// The real command, with more to do than it can: what it refuses, that it can still be asked, and that it comes back.

import { Agent, createServer, get, type Server } from "node:http";
import type { AddressInfo } from "node:net";

import { setTimeout as pause } from "node:timers/promises";

import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { type GatewayProcess, startGatewayProcess } from "../helpers/gateway-process.ts";
import { waitFor } from "../helpers/gateway.ts";

const host = "shop.test";

/** Answers after as many milliseconds as the path says. */
let origin: Server;
let zones: { hosts: string[]; origins: string[] }[];

beforeAll(async () => {
  origin = createServer((req, res) => {
    setTimeout(() => res.end("well"), Number(req.url?.slice(1)));
  });
  await new Promise<void>((resolve) => {
    origin.listen(0, "127.0.0.1", resolve);
  });
  zones = [
    { hosts: [host], origins: [`http://127.0.0.1:${(origin.address() as AddressInfo).port}`] },
  ];
});
afterAll(() => {
  origin.closeAllConnections();
  origin.close();
});

interface Told {
  /** 0 if the connection was closed unanswered. */
  readonly status: number;
  readonly retryAfter: string | undefined;
}

/** Never rejects. */
function ask(port: number, delayMs: number, agent?: Agent): Promise<Told> {
  const options = { host: "127.0.0.1", port, path: `/${delayMs}`, headers: { host } };
  return new Promise((resolve) => {
    const none = { status: 0, retryAfter: undefined };
    get({ ...options, ...(agent !== undefined && { agent }) }, (res) => {
      const told = { status: res.statusCode ?? 0, retryAfter: res.headers["retry-after"] };
      res.resume().on("error", () => resolve(none));
      res.on("end", () => resolve(told));
    }).on("error", () => resolve(none));
  });
}

/** So many clients, each of which asks again a moment after its answer; ends when it is told to. */
class Flood {
  readonly told: Told[] = [];
  readonly #agent: Agent;
  readonly #lanes: Promise<void>[];
  #isOver = false;

  constructor(port: number, clients: number) {
    this.#agent = new Agent({ keepAlive: true, maxSockets: clients });
    this.#lanes = Array.from({ length: clients }, async () => {
      while (!this.#isOver) {
        this.told.push(await ask(port, 20, this.#agent));
        await pause(50); // Whoever asks beside them, in this process, is to have a turn.
      }
    });
  }

  async end(): Promise<void> {
    this.#isOver = true;
    await Promise.all(this.#lanes);
    this.#agent.destroy();
  }
}

/** Milliseconds that each path of the admin port took, one after the other. */
async function timesOf(gateway: GatewayProcess, paths: readonly string[]): Promise<number[]> {
  const times = [];
  for (const path of paths) {
    const askedAt = performance.now();
    const { status } = await fetch(`http://127.0.0.1:${gateway.adminPort}${path}`);
    times.push(status === 200 ? performance.now() - askedAt : Infinity);
  }
  return times;
}

/** What the gateway has said of refusing requests. */
function refusals({ notices }: GatewayProcess): unknown[] {
  return notices.map(({ msg }) => msg).filter((msg) => String(msg).includes("refused"));
}

describe("a flood of four hundred clients, where files allow for 219 and ten may ask at once", () => {
  const told: Told[] = [];
  let gateway: GatewayProcess;
  let adminMs: number[];
  let connections: number;
  let before: Told;
  let recoveredMs: number;

  beforeAll(async () => {
    // Half of what is left of the files is for clients.
    const overload = { requests: 10, lagMs: 0 };
    gateway = await startGatewayProcess({ overload, zones }, { openFiles: 600 });
    const underWay = ask(gateway.port, 2_000);
    const flood = new Flood(gateway.port, 400);
    await waitFor(() => flood.told.length > 400, "nobody is told anything", 20_000);
    adminMs = await timesOf(gateway, ["/healthz", "/metrics", "/readyz", "/healthz", "/metrics"]);
    connections = await gateway.metric("edgecase_client_connections");
    before = await underWay;
    await flood.end();
    told.push(...flood.told);

    const endedAt = performance.now();
    while ((await ask(gateway.port, 0)).status !== 200);
    recoveredMs = performance.now() - endedAt;
  }, 60_000);
  afterAll(() => gateway.close());

  test("serves some, tells others when to come again, and closes the rest", () => {
    const count = (status: number): number => told.filter((one) => one.status === status).length;

    expect(count(200)).toBeGreaterThan(10);
    expect(count(503)).toBeGreaterThan(10);
    expect(count(200) + count(503) + count(0)).toBe(told.length);
    expect(new Set(told.map(({ retryAfter }) => retryAfter))).toEqual(new Set(["30", undefined]));
    expect(told.filter((one) => one.status === 503 && one.retryAfter !== "30")).toEqual([]);
  });

  test("leaves the admin port answering", () => {
    expect(Math.max(...adminMs)).toBeLessThan(5_000);
  });

  test("is bounded by what the system lets the process open", () => {
    expect(connections).toBeLessThanOrEqual(219 + 62);
    expect(gateway.notices).toContainEqual(
      expect.objectContaining({ wanted: 8192, connections: 219 }),
    );
  });

  test("does no harm to a request that was under way before", () => {
    expect(before.status).toBe(200);
  });

  test("is over within seconds, and leaves nothing behind", async () => {
    expect(recoveredMs).toBeLessThan(5_000);
    expect(await gateway.metric("edgecase_requests_under_way")).toBe(0);
  });

  test("is in the log, request by request, and counted alike", async () => {
    const answered = told.filter(({ status }) => status !== 0).length;
    const counted = await gateway.metric("edgecase_requests_total");

    await waitFor(() => gateway.lines.length === counted, "lines are missing");
    // Some of those who were closed had asked, and have left.
    expect(counted).toBeGreaterThanOrEqual(answered);
    expect(await gateway.metric("edgecase_failures_total", { reason: "requests_at_limit" })).toBe(
      gateway.lines.filter(({ reason }) => reason === "requests_at_limit").length,
    );
    expect(gateway.lines.filter(({ failure }) => failure === "proxy_internal_error")).toEqual([]);
  });

  test("is told of among the messages when it begins and when it has passed", async () => {
    await waitFor(() => refusals(gateway).length === 2, "it is not told", 10_000);
    expect(refusals(gateway)).toEqual([
      "there is more to do than the gateway can: requests are refused",
      "requests are no longer refused",
    ]);
  });
});

test(
  "a gateway that is behind for longer refuses some of its requests, and none once it is in time",
  { timeout: 60_000 },
  async () => {
    await using gateway = await startGatewayProcess({ overload: { lagMs: 300 }, zones });
    const reasons = (): unknown[] => gateway.lines.map(({ reason }) => reason);
    const statuses: number[] = [];

    // Stopped, it is behind for as long. Once or twice is a pause.
    for (let round = 0; round < 20 && !statuses.includes(503); round += 1) {
      process.kill(gateway.pid, "SIGSTOP");
      await pause(900);
      process.kill(gateway.pid, "SIGCONT");
      for (let count = 0; count < 20; count += 1)
        statuses.push((await ask(gateway.port, 0)).status);
    }

    expect(statuses.slice(0, 40)).not.toContain(503);
    expect(statuses).toContain(503);
    await waitFor(() => reasons().includes("falling_behind"), "the log does not say why");
    await waitFor(
      () => refusals(gateway).includes("requests are no longer refused"),
      "it does not recover",
      30_000,
    );
    const after = await Promise.all(Array.from({ length: 20 }, () => ask(gateway.port, 0)));
    expect(after.map(({ status }) => status)).toEqual(Array.from({ length: 20 }, () => 200));
  },
);
