// The attack: a client asks for a WebSocket in a way that the origin declines (a version that it does not know, a path that has none),
// and a gateway that looks at the request alone believes in a tunnel: what the client writes next goes to the origin as it is, past
// every rule, over a connection that the origin still takes for HTTP.
//
// Seen: Mikhail Egorov, "WebSocket smuggling", 2019.

import { describe, expect, test } from "vitest";

import { startGatewayOn, waitFor } from "../helpers/gateway.ts";
import { ok, startOrigin } from "../helpers/origin.ts";
import { inner } from "../helpers/smuggling.ts";

const asking = (more = ""): string =>
  `GET /chat HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
  `Sec-WebSocket-Version: 1337\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n${more}\r\n`;
const switching = "HTTP/1.1 101 Switching Protocols\r\n";

describe("a WebSocket that the origin does not agree to", () => {
  test.each([
    ["426", ok("", "Upgrade: websocket\r\n", "HTTP/1.1 426 Upgrade Required")],
    ["200", ok()],
    ["200 with Upgrade", ok("hello", "Connection: Upgrade\r\nUpgrade: websocket\r\n")],
    ["101 to another protocol", `${switching}Connection: Upgrade\r\nUpgrade: chat\r\n\r\n`],
    ["101 to none", `${switching}Connection: Upgrade\r\n\r\n`],
    ["103, and then 200", `HTTP/1.1 103 Early Hints\r\n\r\n${ok()}`],
  ])("(%s) is no tunnel: what the client writes next reaches nobody", async (_what, answer) => {
    await using origin = await startOrigin((socket) => socket.write(answer));
    await using gateway = await startGatewayOn({
      zones: [{ hosts: ["*"], origins: [origin.url] }],
    });
    const connection = gateway.connect();

    connection.send(asking() + inner);
    const response = await connection.read();
    connection.send(inner);

    await waitFor(() => connection.socket.closed, "the connection is still open", 10_000);
    expect(response.status).toBeGreaterThanOrEqual(200);
    expect(origin.heads.filter((head) => head.includes("/smuggled"))).toEqual([]);
    expect(gateway.lines.map(({ path }) => path)).toEqual(["/chat"]);
  });

  test.each(["Content-Length: 5", "Transfer-Encoding: chunked"])(
    "is not even asked for with a body (%s)",
    async (framing) => {
      await using origin = await startOrigin((socket) => socket.write(ok()));
      await using gateway = await startGatewayOn({
        zones: [{ hosts: ["*"], origins: [origin.url] }],
      });
      const connection = gateway.connect();

      const body = framing.startsWith("C") ? "hello" : "5\r\nhello\r\n0\r\n\r\n";
      connection.send(asking(`${framing}\r\n`) + body);
      const response = await connection.read();

      connection.close();
      expect(response.status).toBe(200);
      expect(origin.heads[0]).not.toMatch(/^(upgrade|sec-websocket-accept):/im);
      expect(gateway.lines).toHaveLength(1);
    },
  );
});
