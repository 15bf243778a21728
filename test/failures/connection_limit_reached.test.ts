import { describe, expect, test } from "vitest";

import { testFailureChain } from "../helpers/failure-chain.ts";
import { startGateway, waitFor, type ZooGateway } from "../helpers/gateway.ts";
import type { RawConnection } from "../helpers/raw-client.ts";

/** Takes the one connection that there may be, and keeps it for as long as the client stays. */
async function takeTheOnlyConnection(gateway: ZooGateway): Promise<RawConnection> {
  const client = gateway.connect();
  client.send("GET /first HTTP/1.1\r\nHost: never-answers.test\r\n\r\n");
  await waitFor(
    () => gateway.requestsSeen("never-answers") === 1,
    "the first request did not reach the origin",
  );
  return client;
}

const slow = { responseMs: 10_000 };

testFailureChain({
  fixture: "never-answers",
  type: "connection_limit_reached",
  reason: null,
  phase: "edge",
  codes: { cloudflare: 503, "cloudflare-1016": 503, rfc9209: 503, generic: 502 },
  config: { limits: { originConnections: 1, originQueue: 0 }, timeouts: slow },
  before: async (gateway) => {
    const client = await takeTheOnlyConnection(gateway);
    // It leaves when the other has been refused, or the gateway would wait for it when it closes.
    void waitFor(() => gateway.lines.length > 0, "nothing was refused").finally(() =>
      client.close(),
    );
  },
});

describe("connection_limit_reached", () => {
  test("a request that may wait is sent when the connection is free", async () => {
    await using gateway = await startGateway({
      fixtures: ["never-answers"],
      limits: { originConnections: 1, originQueue: 1 },
      timeouts: slow,
    });
    const first = await takeTheOnlyConnection(gateway);
    const second = gateway.connect();
    second.send("GET /second HTTP/1.1\r\nHost: never-answers.test\r\n\r\n");
    await waitFor(
      () => gateway.gateway.zones[0]?.origins[0]?.connections[0]?.counts.queued === 1,
      "the second request does not wait",
    );

    first.close();

    const isSent = await waitFor(() => gateway.requestsSeen("never-answers") === 2, "").catch(
      () => false,
    );
    second.close();
    expect(isSent).toBe(true);
  });

  test("a request that may not wait is refused at once", async () => {
    await using gateway = await startGateway({
      fixtures: ["never-answers"],
      limits: { originConnections: 1, originQueue: 0 },
      timeouts: { ...slow, connectMs: 5_000 },
    });
    const first = await takeTheOnlyConnection(gateway);

    const response = await gateway.get("/second");
    first.close();

    expect(response.status).toBe(503);
    const { totalMs } = await gateway.line((line) => line["path"] === "/second");
    expect(totalMs).toBeLessThan(500);
  });

  test("a request that waits in vain for connectMs is refused", async () => {
    await using gateway = await startGateway({
      fixtures: ["never-answers"],
      limits: { originConnections: 1, originQueue: 1 },
      timeouts: { ...slow, connectMs: 100 },
    });
    const first = await takeTheOnlyConnection(gateway);

    const response = await gateway.get("/second");
    first.close();

    expect(response.status).toBe(503);
    expect(await gateway.line()).toMatchObject({
      failure: "connection_limit_reached",
      path: "/second",
      phase: "edge",
    });
    expect(gateway.requestsSeen("never-answers")).toBe(1);
  });

  test("a client that leaves the queue makes room in it", async () => {
    await using gateway = await startGateway({
      fixtures: ["never-answers"],
      limits: { originConnections: 1, originQueue: 1 },
      timeouts: { ...slow, connectMs: 5_000 },
    });
    const pool = gateway.gateway.zones[0]?.origins[0]?.connections[0];
    const first = await takeTheOnlyConnection(gateway);
    const second = gateway.connect();
    second.send("GET /second HTTP/1.1\r\nHost: never-answers.test\r\n\r\n");
    await waitFor(() => pool?.counts.queued === 1, "the second request does not wait");

    second.close();

    const isFree = await waitFor(() => pool?.counts.queued === 0, "", 500).catch(() => false);
    first.close();
    expect(isFree, "the queue has forgotten the client that left").toBe(true);
  });

  test("the answer does not count against the origin's connections", async () => {
    await using gateway = await startGateway({
      fixtures: ["never-answers"],
      limits: { originConnections: 1, originQueue: 0 },
      timeouts: slow,
    });
    const first = await takeTheOnlyConnection(gateway);

    await gateway.get("/second");
    first.close();

    await waitFor(
      () => gateway.openConnections("never-answers") === 0,
      "the origin still has a connection",
    );
    expect(await gateway.metric("edgecase_origin_connections")).toBe(0);
  });
});
