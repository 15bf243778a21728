// The attack: `Upgrade: h2c` asks to go on in HTTP/2 without TLS. A gateway that passes it to an origin which agrees has a
// tunnel in its hands that it takes for HTTP/1.1, and whatever the client asks for inside it passes no rule of the gateway.
// Where the gateway swallows the wish by itself, the request must come out of that as it went in, and the connection too.
//
// Seen: Jake Miller (Bishop Fox), "h2c Smuggling: Request Smuggling Via HTTP/2 Cleartext", 2020. The listeners that pile up
// on one connection were seen here, in Edgecase.

import { describe, expect, test } from "vitest";

import { startGatewayOn, waitFor } from "../helpers/gateway.ts";
import { ok, startOrigin } from "../helpers/origin.ts";
import { provoke } from "../helpers/provoke.ts";
import { field } from "../helpers/raw-client.ts";

const asking = (protocol = "h2c", more = ""): string =>
  `GET / HTTP/1.1\r\nHost: a.test\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: ${protocol}\r\n` +
  `HTTP2-Settings: AAMAAABkAAQAAP__\r\n${more}\r\n`;

describe("a wish to go on in HTTP/2", () => {
  test.each(["h2c", "H2C", "h2c, websocket", "websocket, h2c", "TLS/1.3, h2c"])(
    "(%s) reaches no origin, even one that would agree",
    async (protocol) => {
      await using origin = await startOrigin((socket, head) => {
        if (/upgrade/i.test(head))
          socket.write(
            "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n",
          );
        else socket.write(ok());
      });
      await using gateway = await startGatewayOn({
        zones: [{ hosts: ["*"], origins: [origin.url] }],
      });
      const connection = gateway.connect();

      connection.send(asking(protocol));
      const response = await connection.read();

      connection.close();
      expect([response.status, response.body.toString()]).toEqual([200, "hello"]);
      expect(origin.heads).toHaveLength(1);
      expect(origin.heads[0]).not.toMatch(/upgrade|http2-settings/i);
    },
  );

  test("does not make a request of what follows its body", async () => {
    await using origin = await startOrigin((socket) => socket.write(ok()));
    await using gateway = await startGatewayOn({
      zones: [{ hosts: ["*"], origins: [origin.url] }],
    });
    const inner = "GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n";
    const connection = gateway.connect();

    connection.send(`${asking("h2c", `Content-Length: ${inner.length}\r\n`)}${inner}`);
    const response = await connection.read();

    connection.close();
    expect(response.status).toBe(200);
    expect(await gateway.line()).toMatchObject({ path: "/", requestBytes: inner.length });
    expect(gateway.lines).toHaveLength(1);
  });

  test("may be repeated once on a connection, and not for ever", async () => {
    await using origin = await startOrigin((socket) => socket.write(ok()));
    await using gateway = await startGatewayOn({
      zones: [{ hosts: ["*"], origins: [origin.url] }],
    });
    const connection = gateway.connect();

    const answers = [];
    for (let count = 0; count < 2; count += 1) {
      connection.send(asking());
      answers.push(await connection.read());
    }

    await waitFor(() => connection.socket.closed, "the connection is still open", 5_000);
    expect(answers.map((answer) => [answer.status, field(answer, "connection")])).toEqual([
      [200, "keep-alive"],
      [200, "close"],
    ]);
  });

  test("a thousand times in one packet is answered once, and costs the origin one request", async () => {
    await using origin = await startOrigin((socket) => socket.write(ok()));
    await using gateway = await startGatewayOn({
      zones: [{ hosts: ["*"], origins: [origin.url] }],
    });

    const { statuses } = await provoke(gateway.port, asking().repeat(1_000));

    expect(statuses).toEqual([200]);
    expect(origin.heads).toHaveLength(1);
  });
});
