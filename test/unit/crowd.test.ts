// Requests at once for an origin that refuses: who dials, and who hears of it. Real sockets; only the names are looked up here.

import { EventEmitter, once } from "node:events";
import { createServer, type AddressInfo, type Server } from "node:net";

import { beforeAll, describe, expect, test } from "vitest";

import type { ConnectOptions } from "../../src/connect/connect.ts";
import { Crowd } from "../../src/connect/crowd.ts";
import type { Target } from "../../src/connect/target.ts";
import { waitFor } from "../helpers/gateway.ts";

let port = 0;

beforeAll(async () => {
  const server = await listen(0);
  port = (server.address() as AddressInfo).port;
  await new Promise((resolve) => server.close(resolve));
});

async function listen(at: number): Promise<Server> {
  const server = createServer((socket) => socket.on("error", () => {}));
  await new Promise<void>((resolve) => server.listen(at, "127.0.0.1", resolve));
  return server;
}

/** Those who want a connection, and how often one of them has begun to make it. */
class Siege {
  readonly crowd = new Crowd();
  dials = 0;
  /** What the next lookups wait for. */
  gate: Promise<void> = Promise.resolve();

  connect(signal: AbortSignal = new AbortController().signal): Promise<string> {
    const progress = { dnsMs: null, tcpMs: null, tlsMs: null, originIp: "" };
    const resolve = async (): Promise<{ addresses: string[]; source: string }> => {
      this.dials += 1;
      await this.gate;
      return { addresses: ["127.0.0.1"], source: "hosts" };
    };
    const target = { host: "origin.test", port, address: null, socketPath: null, tls: null };
    const options = {
      resolver: { resolve },
      deadlines: { dnsMs: 5_000, connectMs: 5_000, handshakeMs: 5_000 },
      requestHost: "origin.test",
      isOwnAddress: () => false,
      signal,
      progress,
    };
    return this.crowd
      .connect(target as unknown as Target, options as unknown as ConnectOptions)
      .then(
        ({ socket }) => {
          socket.destroy();
          return "connected";
        },
        (error: Error) => `${error.message}${progress.tcpMs === null ? "" : ", timed"}`,
      );
  }

  /** Lookups wait until what is returned is called. */
  close(): () => void {
    const gate = new EventEmitter();
    this.gate = once(gate, "open").then(() => {});
    return () => void gate.emit("open");
  }
}

describe("a crowd", () => {
  test("that has met no refusal dials each by itself", async () => {
    const siege = new Siege();

    const endings = await Promise.all([siege.connect(), siege.connect(), siege.connect()]);

    expect(siege.dials).toBe(3);
    expect(endings).toEqual(Array(3).fill("tcp: ECONNREFUSED, timed"));
  });

  test("that has met one shares the next, and each is told how long it took", async () => {
    const siege = new Siege();
    await siege.connect();
    const open = siege.close();

    const endings = [siege.connect(), siege.connect(), siege.connect()];
    open();

    expect(await Promise.all(endings)).toEqual(Array(3).fill("tcp: ECONNREFUSED, timed"));
    expect(siege.dials).toBe(2);
  });

  test("is let in as soon as the origin is back", async () => {
    const siege = new Siege();
    await siege.connect();
    const server = await listen(port);

    const endings = await Promise.all([siege.connect(), siege.connect()]);

    expect(endings).toEqual(["connected", "connected"]);
    await new Promise((resolve) => server.close(resolve));
  });

  test("goes on without one who leaves, and whose leaving says nothing of the origin", async () => {
    const siege = new Siege();
    await siege.connect();
    const leaving = new AbortController();
    const open = siege.close();
    const first = siege.connect(leaving.signal);
    await waitFor(() => siege.dials === 2, "nobody dials");

    const second = siege.connect();
    leaving.abort();
    open();

    expect(await first).toBe("tcp: ABORTED, timed");
    expect(await second).toBe("tcp: ECONNREFUSED, timed");
    expect(siege.dials).toBe(3);
  });

  test("waits for no dial that takes long", async () => {
    const siege = new Siege();
    await siege.connect();
    const open = siege.close();
    const first = siege.connect();
    await waitFor(() => siege.dials === 2, "nobody dials");
    siege.gate = Promise.resolve();

    expect(await siege.connect()).toBe("tcp: ECONNREFUSED, timed");
    expect(siege.dials).toBe(3);
    open();
    await first;
  });
});
