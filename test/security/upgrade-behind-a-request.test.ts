// The attack: a client sends a request that takes its time, and right behind it one that asks for another protocol. The
// second has no response to be put in before the first is through: a server that hands it the connection at once gives one
// connection to two responses, mixes them up, or fails.
//
// Seen: here, in Edgecase, where Node's `ERR_HTTP_SOCKET_ASSIGNED` ended the gateway. RFC 9112 §9.3.2 lets a server close
// after a response; a client has to be ready to repeat what it pipelined.

import type { Socket } from "node:net";

import { describe, expect, test } from "vitest";

import { startGatewayOn, waitFor } from "../helpers/gateway.ts";
import { ok, startOrigin } from "../helpers/origin.ts";
import { provoke } from "../helpers/provoke.ts";

const first = "GET /first HTTP/1.1\r\nHost: a.test\r\n\r\n";
const asking = (protocol: string, more = ""): string =>
  `GET /second HTTP/1.1\r\nHost: a.test\r\nConnection: Upgrade\r\nUpgrade: ${protocol}\r\n${more}\r\n`;

describe("a request for another protocol behind one that has no answer yet", () => {
  test.each([
    ["WebSocket", asking("websocket")],
    ["HTTP/2", asking("h2c")],
    ["WebSocket with a body", asking("websocket", "Content-Length: 0\r\n")],
    ["two of them", asking("websocket") + asking("h2c")],
  ])(
    "(%s) is not begun: the first has its answer, and the connection ends",
    async (_what, second) => {
      await using origin = await startOrigin((socket) => {
        setTimeout(() => socket.write(ok("first")), 50);
      });
      await using gateway = await startGatewayOn({
        zones: [{ hosts: ["*"], origins: [origin.url] }],
      });

      const { received, statuses } = await provoke(gateway.port, first + second);

      expect(statuses).toEqual([200]);
      expect(received.endsWith("\r\n\r\nfirst")).toBe(true);
      expect(origin.heads.map((head) => head.split(" ")[1])).toEqual(["/first"]);
      expect(await gateway.line()).toMatchObject({ path: "/first", status: 200 });
    },
  );

  test("also ends a connection whose answer has begun", async () => {
    let asked: Socket | undefined;
    await using origin = await startOrigin((socket) => {
      socket.write("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello");
      asked = socket;
    });
    await using gateway = await startGatewayOn({
      zones: [{ hosts: ["*"], origins: [origin.url] }],
    });
    const connection = gateway.connect();
    connection.send(first);
    await waitFor(() => connection.socket.bytesRead > 0, "no answer");

    await new Promise<void>((resolve) => {
      connection.socket.write(asking("websocket"), () => resolve());
    });
    asked?.write("world");

    const response = await connection.read();
    await waitFor(() => connection.socket.closed, "the connection is still open", 5_000);
    expect([response.ending, response.body.toString()]).toEqual(["complete", "helloworld"]);
  });
});
