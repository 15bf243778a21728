// The attack: a client opens connections by the thousand and says nothing on them, until the gateway has no descriptor left: for
// other clients, or for its origins, which then seem to be down.
//
// Seen: everywhere; nginx gives up idle connections when it runs out (`worker_connections`). Each silent one ends by itself when its
// time is up (slow-heads.test.ts); this is about how many there are until then.

import { once } from "node:events";
import { connect, type Socket } from "node:net";

import { describe, expect, test } from "vitest";

import { type Besieged, cameBack, startBesieged } from "../helpers/besieged.ts";
import { ok, startOrigin } from "../helpers/origin.ts";

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
    "are bounded, who comes then is told so, and everything comes back",
    { timeout: 2 * longMs },
    async () => {
      await using origin = await startOrigin((socket) => socket.write(ok()));
      await using gateway: Besieged = await startBesieged({
        overload: { connections: 2_000 },
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
      expect(statuses[0]).toBe(200);
      // Told so, or closed at once where too many wait to be told.
      expect(statuses.slice(3).filter((status) => status !== 503 && status !== 0)).toEqual([]);
      expect((await gateway.serve()).status).toBe(200);
      expect(filesThen).toBeLessThan(files + 2_000 + 256 + 40); // Those who wait to be told, and origins.
      expect(bytesThen - bytes).toBeLessThan(150_000_000);
      expect(gateway.isAlive()).toBe(true);
    },
  );
});
