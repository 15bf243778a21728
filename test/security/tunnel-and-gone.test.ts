// The attack: a client asks for a tunnel (CONNECT), or for another protocol, and is gone before it can be answered. Node
// takes its own listeners off such a connection before it hands it over: whoever writes to it then, and listens for no
// error, dies of EPIPE.
//
// Seen: here, in Edgecase: one CONNECT and a reset ended the gateway. CONNECT through a reverse proxy is an attack of its
// own, to reach what stands behind it; there are no tunnels here.

import { connect } from "node:net";

import { describe, expect, test } from "vitest";

import { startGatewayOn, waitFor } from "../helpers/gateway.ts";
import { ok, startOrigin } from "../helpers/origin.ts";
import { provoke } from "../helpers/provoke.ts";

const tunnel = "CONNECT 127.0.0.1:22 HTTP/1.1\r\nHost: 127.0.0.1:22\r\n\r\n";

describe("a client that asks for a tunnel", () => {
  test("gets 405, and nothing behind it is a request", async () => {
    await using origin = await startOrigin((socket) => socket.write(ok()));
    await using gateway = await startGatewayOn({
      zones: [{ hosts: ["*"], origins: [origin.url] }],
    });

    const behind = "GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n";
    const { statuses } = await provoke(gateway.port, tunnel + behind, { ends: true });

    expect(statuses).toEqual([405]);
    expect(origin.connections).toBe(0);
    expect(gateway.lines).toHaveLength(1);
  });

  test.each([
    ["CONNECT", tunnel],
    ["WebSocket", "GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n"],
    ["HTTP/2", "GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n"],
  ])("by %s, and resets at once, harms nobody, a hundred times over", async (_what, bytes) => {
    await using origin = await startOrigin((socket) => socket.write(ok()));
    await using gateway = await startGatewayOn({
      zones: [{ hosts: ["*"], origins: [origin.url] }],
    });

    await Promise.all(
      Array.from({ length: 100 }, (_, index) => {
        const socket = connect(gateway.port, "127.0.0.1");
        return new Promise<void>((resolve) => {
          socket.on("error", () => {}).on("close", () => resolve());
          socket.write(bytes, () => {
            if (index % 2 === 0) socket.resetAndDestroy();
            else setImmediate(() => socket.resetAndDestroy());
          });
        });
      }),
    );

    expect((await gateway.get()).status).toBe(200);
    expect(gateway.messages).toEqual([]);
    await waitFor(() => origin.open.size <= 1, "connections to the origin are left", 5_000);
  });
});
