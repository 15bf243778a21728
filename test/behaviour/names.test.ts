import { describe, expect, test } from "vitest";

import { startGatewayOn, type TestGateway, waitFor } from "../helpers/gateway.ts";
import { ok, startOrigin } from "../helpers/origin.ts";
import { startResolver } from "../helpers/resolver.ts";

/** An origin whose connections end after each answer, so that every request needs the name again. */
const startForgetful = () =>
  startOrigin((socket) => socket.end(ok("hello", "Connection: close\r\n")));

/** Asks again and again until something has come of it. */
async function askUntil(gateway: TestGateway, isThere: () => boolean): Promise<void> {
  const until = performance.now() + 3_000;
  while (!isThere() && performance.now() < until) await gateway.get();
}

describe("a resolved name", () => {
  test("is remembered as long as its TTL says, and asked for again after it", async () => {
    await using origin = await startForgetful();
    await using resolver = await startResolver(1);
    await using gateway = await startGatewayOn({
      dns: { servers: [resolver.address] },
      zones: [{ hosts: ["*"], origins: [origin.url.replace("127.0.0.1", "origin.example")] }],
    });
    const questions = (): number => resolver.asked.filter((asked) => asked.startsWith("A ")).length;

    await gateway.get();
    await gateway.get();
    const within = questions();
    await askUntil(gateway, () => questions() > 1);

    expect(within).toBe(1);
    expect(questions()).toBe(2);
  });

  test("with a TTL of 0 is asked for each time", async () => {
    await using origin = await startForgetful();
    await using resolver = await startResolver(0);
    await using gateway = await startGatewayOn({
      dns: { servers: [resolver.address] },
      zones: [{ hosts: ["*"], origins: [origin.url.replace("127.0.0.1", "origin.example")] }],
    });

    await gateway.get();
    await gateway.get();

    expect(resolver.asked.filter((asked) => asked.startsWith("A "))).toHaveLength(2);
  });

  test("that many requests want at once is asked for once", async () => {
    await using origin = await startForgetful();
    await using resolver = await startResolver(0, 200);
    await using gateway = await startGatewayOn({
      dns: { servers: [resolver.address] },
      zones: [{ hosts: ["*"], origins: [origin.url.replace("127.0.0.1", "origin.example")] }],
    });

    await Promise.all(Array.from({ length: 20 }, () => gateway.get()));

    expect(resolver.asked.filter((asked) => asked.startsWith("A "))).toHaveLength(1);
  });

  test.each(["localhost", "app.localhost", "LOCALHOST"])(
    "%s is loopback, and no resolver is asked",
    async (name) => {
      await using origin = await startForgetful();
      await using resolver = await startResolver(0);
      await using gateway = await startGatewayOn({
        dns: { servers: [resolver.address] },
        zones: [{ hosts: ["*"], origins: [origin.url.replace("127.0.0.1", name)] }],
      });

      const { status } = await gateway.get();

      expect(status).toBe(200);
      expect(resolver.asked).toEqual([]);
    },
  );
});

test("a name whose addresses change takes its requests along, kept connections or not", async () => {
  await using resolver = await startResolver(1);
  await using one = await startOrigin((socket) => socket.write(ok("one")));
  const place = { host: "127.0.0.2", port: Number(new URL(one.url).port) };
  await using two = await startOrigin((socket) => socket.write(ok("two")), place);
  await using gateway = await startGatewayOn({
    dns: { servers: [resolver.address] },
    zones: [{ hosts: ["app.test"], origins: [`http://app.zoo.test:${place.port}`] }],
  });
  expect((await gateway.get("/")).body.toString()).toBe("one");

  resolver.addresses = ["127.0.0.2"];
  let body = "one";
  const until = performance.now() + 5_000;
  while (body === "one" && performance.now() < until)
    body = (await gateway.get("/")).body.toString();

  expect(body).toBe("two");
  expect(two.heads).toHaveLength(1);
  await waitFor(() => one.open.size === 0, "the kept connection is left");
  expect(gateway.lines.every(({ status }) => status === 200)).toBe(true);
});
