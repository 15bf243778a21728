// The attack: `Expect: 100-continue` makes a request of two halves, and a server that answers before the second half, or an origin
// that takes the wait for the end, disagrees about what comes next. Forms of it that only one of the two knows (`y 100-continue`),
// and methods that have no body, have set apart servers that agreed on everything else.
//
// Seen: James Kettle, "HTTP/1.1 must die: the desync endgame", 2025.

import { describe, expect, test } from "vitest";

import { startGatewayOn, waitFor } from "../helpers/gateway.ts";
import { ok, startOrigin } from "../helpers/origin.ts";
import { inner } from "../helpers/smuggling.ts";

const forms = [
  "Expect: 100-continue",
  "Expect: 100-CONTINUE",
  "Expect:100-continue",
  "Expect: y 100-continue",
  "Expect: 100-continue, 100-continue",
  "Expect: 100-continue\r\nExpect: 100-continue",
  "Expect: 200-ok",
  "Expect:",
  "eXpect: \t100-continue\t",
];

describe.each(["GET", "POST", "HEAD", "OPTIONS"])("%s", (method) => {
  test.each(forms)(
    "with %j and a body is one request, and no origin hears of the wait",
    async (form) => {
      await using origin = await startOrigin((socket) => socket.write(ok("")));
      await using gateway = await startGatewayOn({
        zones: [{ hosts: ["*"], origins: [origin.url] }],
      });
      const connection = gateway.connect();

      connection.send(
        `${method} /outer HTTP/1.1\r\nHost: a\r\n${form}\r\nContent-Length: ${inner.length}\r\n\r\n${inner}`,
      );
      const response = await connection.read(method);
      connection.close();

      await waitFor(() => gateway.lines.length === 1, "it has no line");
      expect(response.status).toBe(200);
      expect(origin.heads.map((head) => head.split(" ", 2)[1])).toEqual(["/outer"]);
      expect(origin.heads[0]).not.toMatch(/^expect:/im);
      expect(gateway.lines[0]).toMatchObject({ path: "/outer", requestBytes: inner.length });
    },
  );
});

test("a refusal instead of the 100 ends the connection, so that nobody wonders whether the body comes", async () => {
  await using gateway = await startGatewayOn({
    zones: [{ hosts: ["*"], origins: ["http://127.0.0.1:9"] }],
  });
  const connection = gateway.connect();

  connection.send(
    `POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: ${inner.length}\r\n\r\n`,
  );
  const response = await connection.read();
  connection.send(inner);

  await waitFor(() => connection.socket.closed, "the connection is still open", 10_000);
  expect([response.status, response.interim]).toEqual([521, []]);
  expect(gateway.lines).toHaveLength(1);
});
