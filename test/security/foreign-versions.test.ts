// The attack: a request line may name any version of HTTP. A client writes `HTTP/2.0` on a connection of HTTP/1.1, or
// nothing (HTTP/0.9), and hopes that some part of the gateway believes it: what looks for an HTTP/2 stream where there is
// none throws, which in a handler of `upgrade` or `connect` ends the process, and 0.9 is exempt from the rules on Host.
//
// Seen: here, in Edgecase. Node's parser takes 0.9, 1.0, 1.1 and 2.0; two lines of text ended the gateway.

import { describe, expect, test } from "vitest";

import { startGatewayOn } from "../helpers/gateway.ts";
import { ok, startOrigin } from "../helpers/origin.ts";
import { provoke } from "../helpers/provoke.ts";

const upgrade = "Connection: Upgrade\r\nUpgrade: websocket\r\n";

describe("a version that is not spoken on this connection", () => {
  test.each([
    ["HTTP/2.0", "GET / HTTP/2.0\r\nHost: a.test\r\n\r\n", 400],
    ["HTTP/2.0 with an upgrade", `GET / HTTP/2.0\r\nHost: a.test\r\n${upgrade}\r\n`, 400],
    ["HTTP/2.0 with a tunnel", "CONNECT a.test:443 HTTP/2.0\r\nHost: a.test\r\n\r\n", 405],
    [
      "HTTP/2.0 with a body that waits",
      "POST / HTTP/2.0\r\nHost: a.test\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n",
      400,
    ],
    ["HTTP/2.0 and no host", "GET / HTTP/2.0\r\n\r\n", 400],
    ["HTTP/0.9", "GET / HTTP/0.9\r\nHost: a.test\r\n\r\n", 400],
    ["no version at all", "GET /\r\n\r\n", 400],
    ["HTTP/1.2", "GET / HTTP/1.2\r\nHost: a.test\r\n\r\n", 400],
    ["HTTP/3.0", "GET / HTTP/3.0\r\nHost: a.test\r\n\r\n", 400],
  ])("(%s) is refused, logged, and reaches no origin", async (_what, bytes, status) => {
    await using origin = await startOrigin((socket) => socket.write(ok()));
    await using gateway = await startGatewayOn({
      zones: [{ hosts: ["*"], origins: [origin.url] }],
    });

    const { statuses } = await provoke(gateway.port, bytes);

    expect(statuses).toEqual([status]);
    expect(await gateway.line()).toMatchObject({ status, failure: "http_request_error" });
    expect(origin.connections).toBe(0);
    expect((await gateway.get()).status).toBe(200);
  });
});
