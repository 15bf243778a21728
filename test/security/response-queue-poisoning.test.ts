// The attack: an origin, or whoever has it answer twice, sends a second response behind the first one. A gateway that keeps the connection takes
// it for the answer to whatever is asked next, and somebody else gets it: a page with another's cookies, or one that an attacker wrote.
//
// Seen as response queue poisoning, after request smuggling or by an origin that answers a body as if it were a request. @see RFC 9112 §9.2, §11.2

import { describe, expect, test } from "vitest";

import { startGatewayOn, waitFor } from "../helpers/gateway.ts";
import { ok, startOrigin } from "../helpers/origin.ts";

const poison = ok("poison", "Set-Cookie: session=stolen\r\n");

describe("a response that nobody asked for reaches nobody", () => {
  test.each([
    ["in one piece with the first", ok("first") + poison],
    ["behind an answer without content", `HTTP/1.1 204 No Content\r\n\r\n${poison}`],
    [
      "behind the last chunk",
      `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${poison}`,
    ],
    [
      "behind a 304 that says how long it would be",
      `HTTP/1.1 304 Not Modified\r\nContent-Length: 6\r\n\r\n${poison}`,
    ],
    ["cut short", `${ok("first")}HTTP/1.1 2`],
  ])("(%s)", async (_how, answers) => {
    await using origin = await startOrigin((socket, head) =>
      socket.write(head.includes("/first") ? answers : ok("second")),
    );
    await using gateway = await startGatewayOn({
      zones: [{ hosts: ["*"], origins: [origin.url] }],
    });

    const first = await gateway.get("/first");
    const second = await gateway.get("/second");

    expect(first.ending).toBe("complete");
    expect(first.bytes.toString()).not.toContain("poison");
    expect(second).toMatchObject({ status: 200, body: Buffer.from("second") });
    expect(origin.connections).toBe(2);
    expect(gateway.lines.map(({ failure }) => failure)).toEqual([null, null]);
  });

  test("that comes a moment later, while the connection is idle, ends the connection", async () => {
    await using origin = await startOrigin((socket, head) => {
      socket.write(ok(head.includes("/first") ? "first" : "second"));
      if (head.includes("/first")) setTimeout(() => socket.write(poison), 20);
    });
    await using gateway = await startGatewayOn({
      zones: [{ hosts: ["*"], origins: [origin.url] }],
    });

    await gateway.get("/first");
    await waitFor(() => origin.open.size === 0, "the connection is still open");
    const second = await gateway.get("/second");

    expect(second.body.toString()).toBe("second");
    expect(origin.connections).toBe(2);
  });

  test("to HEAD with content is taken for no answer to the next request", async () => {
    await using origin = await startOrigin((socket, head) =>
      socket.write(head.startsWith("HEAD") ? ok(poison) : ok("second")),
    );
    await using gateway = await startGatewayOn({
      zones: [{ hosts: ["*"], origins: [origin.url] }],
    });

    const first = await gateway.request({ method: "HEAD", target: "/first" });
    const second = await gateway.get("/second");

    expect(first).toMatchObject({ status: 200, ending: "complete" });
    expect(second.body.toString()).toBe("second");
  });
});
