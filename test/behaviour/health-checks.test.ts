// Active checks: what each kind asks, what it expects, and what becomes of origins that fail it.

import { describe, expect, test } from "vitest";

import type { MonitorFile } from "../../src/config/schema.ts";
import type { Standing } from "../../src/pick/standing.ts";
import { startGatewayOn, type TestGateway, waitFor } from "../helpers/gateway.ts";
import { ok, startOrigin, type TestOrigin } from "../helpers/origin.ts";
import { json } from "../helpers/failure-chain.ts";

/** Checks often enough for a test; seconds. */
const often: MonitorFile = { interval: 0.5, timeout: 0.4 };

/** A gateway in front of these origins, which it checks. */
function startBefore(
  origins: readonly TestOrigin[],
  monitor: MonitorFile,
  more: object = {},
): Promise<TestGateway> {
  return startGatewayOn({
    zones: [
      {
        hosts: ["pool.test"],
        origins: origins.map(({ url }) => url),
        monitor: { ...often, ...monitor },
        passive: { slowStartMs: 0 },
        ...more,
      },
    ],
  });
}

function standingOf({ gateway }: TestGateway, index = 0): Standing {
  const standing = gateway.zones[0]?.origins[index]?.standing;
  return standing ?? expect.fail("no such origin");
}

/** Waits until an origin's checks have come to this verdict. */
function until(gateway: TestGateway, verdict: Standing["verdict"], index = 0): Promise<unknown> {
  return waitFor(
    () => standingOf(gateway, index).verdict === verdict,
    `the origin is ${standingOf(gateway, index).verdict}, not ${verdict}`,
    5_000,
  );
}

describe("a check by http", () => {
  test("asks for the monitor's path with its method, its fields and a name of its own", async () => {
    await using origin = await startOrigin((socket) => socket.write(ok()));

    await using gateway = await startBefore([origin], {
      path: "/health?deep=1",
      header: { Host: ["shop.example"], "X-Check": ["one", "two"] },
    });
    await until(gateway, "healthy");

    const [head = ""] = origin.heads;
    expect(head.split("\r\n")[0]).toBe("GET /health?deep=1 HTTP/1.1");
    expect(head).toMatch(/^host: shop\.example$/im);
    expect(head).toMatch(/^user-agent: Edgecase-Health-Check\/\d/im);
    expect(head.match(/^x-check: .*$/gim)).toEqual(["X-Check: one", "X-Check: two"]);
  });

  test("lets an origin's own Host field win over the monitor's", async () => {
    await using origin = await startOrigin((socket) => socket.write(ok()));

    await using gateway = await startBefore(
      [origin],
      { header: { Host: ["monitor.example"] } },
      { origins: [{ address: origin.url, hostHeader: "own.example" }] },
    );
    await until(gateway, "healthy");

    expect(origin.heads[0]).toMatch(/^host: own\.example$/im);
  });

  test.each([
    ["200", "HTTP/1.1 200 OK", "healthy"],
    ["200", "HTTP/1.1 204 No Content", "unhealthy"],
    ["2xx", "HTTP/1.1 299 Fine", "healthy"],
    ["2xx", "HTTP/1.1 301 Moved", "unhealthy"],
    ["200-204, 401", "HTTP/1.1 401 Unauthorized", "healthy"],
    ["2xx", "HTTP/1.1 503 Service Unavailable", "unhealthy"],
  ] as const)("that expects %s calls an origin with %s %s", async (codes, statusLine, verdict) => {
    await using origin = await startOrigin((socket) => socket.write(ok("", "", statusLine)));

    await using gateway = await startBefore([origin], { expectedCodes: codes });

    await until(gateway, verdict);
    expect(standingOf(gateway).trouble?.type ?? null).toBe(
      verdict === "healthy" ? null : "response_code_mismatch",
    );
  });

  test.each([
    ["found in any case", "all is Well here", "healthy"],
    ["missing", "all is bad", "unhealthy"],
    ["only behind the first 10 KB", `${"x".repeat(10_240)}well`, "unhealthy"],
  ] as const)("looks for a text, which is %s", async (_where, body, verdict) => {
    await using origin = await startOrigin((socket) => socket.write(ok(body)));

    await using gateway = await startBefore([origin], { expectedBody: "WELL" });

    await until(gateway, verdict);
    expect(standingOf(gateway).trouble?.type ?? null).toBe(
      verdict === "healthy" ? null : "response_body_mismatch",
    );
  });

  test("follows redirects only where it is told to, to other places as well", async () => {
    await using other = await startOrigin((socket) => socket.write(ok()));
    await using origin = await startOrigin((socket, head) => {
      const location = head.startsWith("GET / ") ? "/next" : `${other.url}/end`;
      socket.write(ok("", `Location: ${location}\r\n`, "HTTP/1.1 302 Found"));
    });

    await using following = await startBefore([origin], { followRedirects: true });
    await using staying = await startBefore([origin], {});

    await until(following, "healthy");
    await until(staying, "unhealthy");
    expect(other.heads[0]).toMatch(/^GET \/end HTTP/);
  });

  test("gives up on redirects that never end", async () => {
    await using origin = await startOrigin((socket) =>
      socket.write(ok("", "Location: /again\r\n", "HTTP/1.1 302 Found")),
    );

    await using gateway = await startBefore([origin], { followRedirects: true });

    await until(gateway, "unhealthy");
    expect(standingOf(gateway).trouble?.type).toBe("response_code_mismatch");
  });

  test("is repeated at once where it timed out, and not where it failed otherwise", async () => {
    await using silent = await startOrigin(() => {});
    await using closing = await startOrigin((socket) => socket.destroy());
    const slowly = { interval: 3, timeout: 0.6, retries: 2 };

    await using first = await startBefore([silent], slowly);
    await using second = await startBefore([closing], slowly);
    await until(first, "unhealthy");
    await until(second, "unhealthy");

    expect([silent.heads.length, closing.heads.length]).toEqual([3, 1]);
    expect(standingOf(first).trouble?.type).toBe("http_response_timeout");
    expect(standingOf(second).trouble?.type).toBe("connection_terminated");
  });
});

test("a check by tcp is content with a connection", async () => {
  await using origin = await startOrigin(() => {});

  await using gateway = await startBefore([origin], { type: "tcp" });

  await until(gateway, "healthy");
  expect(origin.heads).toEqual([]);
});

describe("verdicts", () => {
  test("need as many checks in a row as the monitor says", async () => {
    let isWell = true;
    await using origin = await startOrigin((socket) =>
      socket.write(isWell ? ok() : ok("", "", "HTTP/1.1 500 Oops")),
    );
    await using gateway = await startBefore([origin], { consecutiveDown: 3, consecutiveUp: 2 });
    await until(gateway, "healthy");

    isWell = false;
    const before = origin.heads.length;
    await until(gateway, "unhealthy");
    const failed = origin.heads.length - before;
    isWell = true;
    await until(gateway, "healthy");
    const good = origin.heads.length - before - failed;

    expect(failed).toBeGreaterThanOrEqual(3);
    expect(good).toBeGreaterThanOrEqual(2);
  });

  test("are told in the log, with the cause, and counted", async () => {
    let isWell = true;
    await using origin = await startOrigin((socket) => {
      if (isWell) socket.write(ok());
      else socket.destroy();
    });
    await using gateway = await startBefore([origin], {});
    await until(gateway, "healthy");

    isWell = false;
    await until(gateway, "unhealthy");

    const told = gateway.notices.map(({ msg, origin: label, failure, reason }) => [
      msg,
      label,
      failure,
      reason,
    ]);
    expect(told).toEqual([
      ["origin is healthy", origin.url, null, null],
      ["origin is unhealthy", origin.url, "connection_terminated", "closed_before_response"],
    ]);
    const labels = { origin: origin.url };
    const failed = {
      ...labels,
      result: "failure",
      failure: "connection_terminated",
      reason: "closed_before_response",
    };
    expect(
      await gateway.metric("edgecase_health_checks_total", { ...labels, result: "success" }),
    ).toBeGreaterThan(0);
    expect(await gateway.metric("edgecase_health_checks_total", failed)).toBeGreaterThan(0);
    expect(await gateway.metric("edgecase_origin_healthy", labels)).toBe(0);
    expect(await gateway.metric("edgecase_pool_healthy", { zone: "pool.test" })).toBe(0);
  });

  test("take an origin out of its pool, and bring it back", async () => {
    let isWell = true;
    await using broken = await startOrigin((socket) => {
      if (isWell) socket.write(ok("first"));
      else socket.write(ok("", "", "HTTP/1.1 500 Oops"));
    });
    await using other = await startOrigin((socket) => socket.write(ok("other")));
    await using gateway = await startBefore([broken, other], {});
    await until(gateway, "healthy");

    isWell = false;
    await until(gateway, "unhealthy");
    const meanwhile = await gateway.get("/");
    isWell = true;
    await until(gateway, "healthy");
    const afterwards = await gateway.get("/");

    expect(meanwhile.body.toString()).toBe("other");
    expect(afterwards.body.toString()).toBe("first");
  });
});

describe("where every origin is out", () => {
  test("the client gets 503, and a verbose page says which checks fail and why", async () => {
    await using one = await startOrigin((socket) => socket.destroy());
    await using two = await startOrigin((socket) => socket.write(ok("", "", "HTTP/1.1 500 Oops")));
    await using gateway = await startBefore([one, two], {});
    await until(gateway, "unhealthy", 0);
    await until(gateway, "unhealthy", 1);

    const response = await gateway.get("/", [["Accept", "application/json"]]);

    expect(response.status).toBe(503);
    expect(json(response)["error_name"] ?? json(response)["failure"]).toBeDefined();
    const said = response.body.toString();
    expect(said).toContain(one.url);
    expect(said).toContain("connection_terminated / closed_before_response");
    expect(said).toContain("response_code_mismatch");
    expect(await gateway.line()).toMatchObject({
      failure: "destination_unavailable",
      code: 503,
      origin: "",
    });
  });

  test("a sanitized page says nothing of it", async () => {
    await using one = await startOrigin((socket) => socket.destroy());
    await using gateway = await startBefore([one], {}, { errors: { pages: "sanitized" } });
    await until(gateway, "unhealthy");

    const response = await gateway.get("/", [["Accept", "text/html"]]);

    const answer = response.bytes.toString();
    expect(response.status).toBe(503);
    expect(answer).not.toContain("127.0.0.1");
    expect(answer).not.toContain("connection_terminated");
  });
});

test("one origin of ten zones is checked once an interval", async () => {
  await using origin = await startOrigin((socket) => socket.write(ok()));
  const zones = Array.from({ length: 10 }, (_, index) => ({
    hosts: [`zone${index}.test`],
    origins: [origin.url],
    monitor: "shared",
  }));

  await using gateway = await startGatewayOn({ monitors: { shared: often }, zones });
  await waitFor(() => origin.heads.length >= 3, "the origin is not checked", 5_000);

  const counted = await gateway.metric("edgecase_health_checks_total", { origin: origin.url });
  expect(Math.abs(counted - origin.heads.length)).toBeLessThanOrEqual(1);
  expect(gateway.gateway.zones.map(({ origins }) => origins[0]?.standing.verdict)).toEqual(
    Array.from({ length: 10 }, () => "healthy"),
  );
});

test("a gateway that has been closed checks nothing any more", async () => {
  await using origin = await startOrigin((socket) => socket.write(ok()));
  const gateway = await startBefore([origin], {});
  await until(gateway, "healthy");

  await gateway.close();

  const before = origin.heads.length;
  await new Promise((resolve) => {
    setTimeout(resolve, 1_200);
  });
  expect(origin.heads.length).toBe(before);
  expect(origin.open.size).toBe(0);
});
