// The attack: a client opens connections by the thousand and says nothing on them, until the gateway has no descriptor left: for
// other clients, or for its origins, which then seem to be down.
//
// Seen: everywhere; nginx gives up idle connections when it runs out (`worker_connections`). Each silent one ends by itself when its
// time is up (slow-heads.test.ts); this is about how many there are until then.

import { once } from "node:events";
import { connect as connectHttp2 } from "node:http2";
import { connect, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";

import { describe, expect, test } from "vitest";

import { type Besieged, cameBack, startBesieged } from "../helpers/besieged.ts";
import { startGatewayOn, waitFor } from "../helpers/gateway.ts";
import { ok, startOrigin } from "../helpers/origin.ts";
import { makeSecureListener } from "../helpers/secure-listener.ts";

const longMs = 60_000;

/** Opens connections, some at a time, and says nothing on them. */
async function openSilent(port: number, count: number): Promise<Socket[]> {
  const sockets: Socket[] = [];
  while (sockets.length < count) {
    const some = Array.from({ length: Math.min(250, count - sockets.length) }, () =>
      connect(port, "127.0.0.1").on("error", () => {}),
    );
    sockets.push(...some);
    await Promise.all(some.map((socket) => once(socket, "connect")));
  }
  return sockets;
}

describe("ten thousand connections that say nothing", () => {
  test(
    "are bounded, others are served, and everything comes back",
    { timeout: 2 * longMs },
    async () => {
      await using origin = await startOrigin((socket) => socket.write(ok()));
      await using gateway: Besieged = await startBesieged({
        listen: { connections: 2_000 },
        zones: [{ hosts: ["*"], origins: [origin.url] }],
      });
      await gateway.serve();
      const files = gateway.openFiles();
      const bytes = gateway.residentBytes();

      const sockets: Socket[] = [];
      const statuses: number[] = [];
      for (let count = 0; count < 10; count += 1) {
        sockets.push(...(await openSilent(gateway.port, 1_000)));
        statuses.push((await gateway.serve()).status);
      }
      const filesThen = gateway.openFiles();
      const bytesThen = gateway.residentBytes();
      for (const socket of sockets) socket.destroy();

      await cameBack(gateway, files, longMs);
      expect(statuses).toEqual(statuses.map(() => 200));
      expect(filesThen).toBeLessThan(files + 2_010);
      expect(bytesThen - bytes).toBeLessThan(150_000_000);
      expect(gateway.isAlive()).toBe(true);
    },
  );
});

describe("with as many connections as may be", () => {
  test("the oldest silent one gives way, and none that carries a request", async () => {
    let answer: Socket | undefined;
    await using origin = await startOrigin((socket, head) => {
      if (head.startsWith("GET /slow")) answer = socket;
      else socket.write(ok());
    });
    await using gateway = await startGatewayOn({
      listen: { connections: 3 },
      zones: [{ hosts: ["*"], origins: [origin.url] }],
      timeouts: { responseMs: longMs },
    });
    const busy = gateway.connect();
    busy.send("GET /slow HTTP/1.1\r\nHost: a.test\r\n\r\n");
    await waitFor(() => answer, "the request did not arrive", 10_000);
    const [oldest, next] = await openSilent(gateway.port, 2);

    const other = await gateway.get();
    await waitFor(() => oldest?.readableEnded || oldest?.closed, "it is still there", 10_000);
    answer?.write(ok("late"));
    const late = await busy.read();

    expect([other.status, late.body.toString()]).toEqual([200, "late"]);
    expect(next?.closed).toBe(false);
    busy.close();
    next?.destroy();
  });

  test("a tunnel is not closed, nor a stream of HTTP/2; without room the newest is", async () => {
    const secure = await makeSecureListener("shop.test");
    await using origin = await startOrigin((socket, head) => {
      if (/upgrade/i.test(head))
        socket.write(
          "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: chat\r\n\r\n",
        );
    });
    await using gateway = await startGatewayOn({
      listen: { ...secure.listen, connections: 2 },
      zones: [{ hosts: ["*"], origins: [origin.url] }],
      timeouts: { responseMs: longMs },
    });
    secure.remove();
    const tunnel = gateway.connect();
    tunnel.send("GET / HTTP/1.1\r\nHost: a.test\r\nConnection: Upgrade\r\nUpgrade: chat\r\n\r\n");
    await waitFor(() => tunnel.socket.bytesRead > 0, "there is no tunnel", 10_000);
    const session = connectHttp2(`https://127.0.0.1:${gateway.securePort}`, {
      rejectUnauthorized: false,
    });
    session.on("error", () => {});
    const stream = session.request({ ":path": "/slow" });
    stream.on("error", () => {});
    await waitFor(() => origin.heads.length === 2, "the stream did not arrive", 10_000);

    const newest = connectTls({ port: gateway.securePort, rejectUnauthorized: false });
    newest.on("error", () => {}).resume();
    await waitFor(() => newest.closed, "the newest is still there", 10_000);

    expect([tunnel.socket.closed, session.destroyed, stream.destroyed]).toEqual([
      false,
      false,
      false,
    ]);
    session.destroy();
    tunnel.close();
  });
});
