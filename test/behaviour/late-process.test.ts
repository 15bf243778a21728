// A gateway that could not run for a while, because the machine was busy or asleep: what came meanwhile is read before any deadline is
// over. Otherwise one pause fails every request that is under way, and cuts off every client that has just come.

import { once } from "node:events";
import { setImmediate as turn, setTimeout as pause } from "node:timers/promises";

import { expect, test } from "vitest";

import { startGatewayOn } from "../helpers/gateway.ts";
import { ok, startOrigin } from "../helpers/origin.ts";

/** Longer than any deadline here. */
const pauseMs = 400;
const shortMs = 150;

/** Nothing else in this process happens meanwhile: gateway, origin and client stand still. */
function standStill(): void {
  const until = performance.now() + pauseMs;
  while (performance.now() < until);
}

test("a response that is here by then is the response", async () => {
  await using origin = await startOrigin((socket) => {
    socket.write(ok("hello"));
    standStill();
  });
  await using gateway = await startGatewayOn({
    zones: [{ hosts: ["*"], origins: [origin.url] }],
    timeouts: { responseMs: shortMs },
  });

  const response = await gateway.get();

  expect(response).toMatchObject({ status: 200, ending: "complete" });
});

test("content that is here by then is passed on", async () => {
  await using origin = await startOrigin((socket) => {
    socket.write("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello");
    void pause(shortMs / 2)
      .then(() => turn()) // What stands still among timers sees none of them come too late.
      .then(() => {
        socket.write("world");
        standStill();
      });
  });
  await using gateway = await startGatewayOn({
    zones: [{ hosts: ["*"], origins: [origin.url] }],
    timeouts: { bodyIdleMs: shortMs },
  });

  const response = await gateway.get();

  expect(response).toMatchObject({ status: 200, ending: "complete" });
});

test("a client that has just come is heard", async () => {
  await using origin = await startOrigin((socket) => socket.write(ok("hello")));
  await using gateway = await startGatewayOn({
    zones: [{ hosts: ["*"], origins: [origin.url] }],
    timeouts: { bodyIdleMs: shortMs },
  });
  const client = gateway.connect();
  await once(client.socket, "connect");
  await pause(shortMs / 3); // Accepted, too.

  client.send("GET / HTTP/1.1\r\nHost: any.test\r\n\r\n");
  standStill();
  const response = await client.read();

  client.close();
  expect(response).toMatchObject({ status: 200, ending: "complete" });
});
