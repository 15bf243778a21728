// The live stream of the admin API: what passes, as it passes, and no more of it than can be read.

import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";

import { describe, expect, test } from "vitest";

import { KeptFeed } from "../../src/admin/exchange-feed.ts";
import { LiveStream } from "../../src/admin/live-stream.ts";
import type { SettingsView, Summary } from "../../src/admin/schemas.ts";
import { startAdmin, type TestAdmin } from "../helpers/admin.ts";
import { EventReader } from "../helpers/event-reader.ts";
import { startGatewayOn, waitFor } from "../helpers/gateway.ts";
import { ok, startOrigin } from "../helpers/origin.ts";

const nowhere = "http://127.0.0.1:9";

/** A reader of the stream, past the settings that come first. */
async function watch(admin: TestAdmin, query = ""): Promise<EventReader> {
  const reader = new EventReader(admin.port, "localhost", `/api/stream${query}`);
  await reader.next();
  return reader;
}

/** The data of the next event of a kind. */
async function nextOf(reader: EventReader, kind: string): Promise<unknown> {
  for (;;) {
    const { event, data } = await reader.next();
    if (event === kind) return JSON.parse(data);
  }
}

interface Tick {
  readonly requests: number;
  readonly shown: number;
  readonly statuses: Record<string, number>;
  readonly codes: Record<string, number>;
  readonly failures: Record<string, number>;
}

describe("GET /api/stream", () => {
  test("begins with the settings, and is no answer to keep", async () => {
    await using admin = await startAdmin({ zones: [{ hosts: ["*"], origins: [nowhere] }] });
    using reader = new EventReader(admin.port, "localhost", "/api/stream");

    const { event, data } = await reader.next();

    expect([reader.contentType, event]).toEqual(["text/event-stream", "settings"]);
    expect(JSON.parse(data)).toEqual((await admin.ask("/api/settings")).json());
  });

  test("has each exchange as the list has it, and the counts of its second", async () => {
    await using admin = await startAdmin({ zones: [{ hosts: ["*"], origins: [nowhere] }] });
    using reader = await watch(admin);
    await admin.gateway.get("/there");

    const exchange = await nextOf(reader, "exchange");

    const { exchanges } = (await admin.ask("/api/exchanges")).json() as { exchanges: Summary[] };
    expect(exchange).toEqual(exchanges[0]);
    expect(await nextOf(reader, "tick")).toMatchObject({
      requests: 1,
      shown: 1,
      statuses: { "521": 1 },
      codes: { "521": 1 },
      failures: { connection_refused: 1 },
    });
  });

  test("has the settings after each change", async () => {
    await using admin = await startAdmin({ zones: [{ hosts: ["*"], origins: [nowhere] }] });
    using reader = await watch(admin);

    admin.gateway.gateway.settings.change({ codes: "generic" }); // Whoever changes them.

    expect(((await nextOf(reader, "settings")) as SettingsView).codes).toBe("generic");
  });

  test("shows only what the reader asks for, and counts everything", async () => {
    await using admin = await startAdmin({
      zones: [
        { hosts: ["a.test"], origins: [nowhere] },
        { hosts: ["b.test"], origins: ["http://nowhere.invalid"] },
      ],
    });
    using reader = await watch(admin, "?zone=b.test&code=523");
    await admin.gateway.request({ host: "a.test" });
    await admin.gateway.request({ host: "b.test" });

    const exchange = (await nextOf(reader, "exchange")) as Summary;

    const ticks = [await nextOf(reader, "tick"), await nextOf(reader, "tick")] as Tick[];
    expect(exchange.zone).toBe("b.test");
    expect(ticks.reduce((sum, { requests }) => sum + requests, 0)).toBe(2);
    expect(ticks.reduce((sum, { shown }) => sum + shown, 0)).toBe(1);
  });

  test("shows at most fifty exchanges a second, every error among them", async () => {
    await using origin = await startOrigin((socket) => socket.write(ok()));
    await using admin = await startAdmin({
      zones: [
        { hosts: ["good.test"], origins: [origin.url] },
        { hosts: ["bad.test"], origins: [nowhere] },
      ],
    });
    using reader = await watch(admin);
    const hosts = Array.from({ length: 300 }, (_, index) =>
      index % 30 === 0 ? "bad.test" : "good.test",
    );
    await Promise.all(hosts.map((host) => admin.gateway.request({ host })));

    const shown: Summary[] = [];
    const ticks: Tick[] = [];
    while (
      ticks.reduce((sum, { requests }) => sum + requests, 0) < 300 ||
      ticks.at(-1)?.shown !== 0
    ) {
      const { event, data } = await reader.next();
      if (event === "exchange") shown.push(JSON.parse(data) as Summary);
      if (event === "tick") ticks.push(JSON.parse(data) as Tick);
    }

    expect(Math.max(...ticks.map((tick) => tick.shown))).toBeLessThanOrEqual(50);
    expect(shown.length).toBeLessThan(300);
    expect(shown.filter(({ zone }) => zone === "bad.test")).toHaveLength(10);
    expect(ticks.reduce((sum, { statuses }) => sum + (statuses["200"] ?? 0), 0)).toBe(290);
  });

  test.each(["?zone=a.test&sort=1", "?failure=none", "?code=abc"])(
    "refuses the query %s",
    async (query) => {
      await using admin = await startAdmin({ zones: [] });

      expect((await admin.ask(`/api/stream${query}`)).status).toBe(400);
    },
  );
});

/** A connection that asks, and reads nothing. */
async function openUnread(port: number): Promise<Socket> {
  const socket = connect(port, "127.0.0.1");
  socket.on("error", () => {});
  await once(socket, "connect");
  socket.write("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
  socket.pause();
  return socket;
}

describe("readers of the stream", () => {
  test("are 32 at most, and one who leaves makes room", async () => {
    await using admin = await startAdmin({ zones: [] });
    const readers = await Promise.all(Array.from({ length: 32 }, () => watch(admin)));

    const refused = await admin.ask("/api/stream");
    readers[0]?.[Symbol.dispose]();
    const next = await waitFor(() => watch(admin), "no room").catch(() => null);

    expect([refused.status, refused.json()]).toMatchObject([503, { title: "Service Unavailable" }]);
    expect(next).not.toBeNull();
    for (const reader of readers) reader[Symbol.dispose]();
    next?.[Symbol.dispose]();
  });

  test("are dropped if they do not read", async () => {
    const zones = Array.from({ length: 1_000 }, (_, index) => ({
      hosts: [`${"z".repeat(200)}${index}.test`],
      origins: [nowhere],
    }));
    await using gateway = await startGatewayOn({ zones });
    const stream = new LiveStream(gateway.gateway, new KeptFeed(gateway.gateway.recent));
    const responses: ServerResponse[] = [];
    const server = createServer((_req, res) => {
      responses.push(res);
      stream.add(res, {});
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
    const socket = await openUnread((server.address() as AddressInfo).port);
    const { settings } = gateway.gateway;
    const change = setInterval(() => settings.change({ codes: "generic" }), 20);

    const isDropped = await waitFor(() => responses[0]?.destroyed, "it was kept", 15_000);
    clearInterval(change);
    stream.close();
    socket.destroy();
    server.close();

    expect(isDropped).toBe(true);
  });

  test("are sent away when the server closes", async () => {
    const admin = await startAdmin({ zones: [] });
    using reader = await watch(admin);
    const end = reader.next().then(
      () => "more",
      () => "ended",
    );

    await admin[Symbol.asyncDispose]();

    expect(await end).toBe("ended");
  });
});
