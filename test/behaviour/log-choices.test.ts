// Which requests have a line in the log, and what may stand in it besides.

import { describe, expect, test } from "vitest";

import type { ConfigFile } from "../../src/config/schema.ts";
import { ConfigError } from "../../src/config/config-error.ts";
import { parseConfig } from "../../src/config/read-file.ts";
import { resolveConfig } from "../../src/config/resolve.ts";
import { startGateway, startGatewayOn, type TestGateway, waitFor } from "../helpers/gateway.ts";
import { ok, startOrigin, type TestOrigin } from "../helpers/origin.ts";
import { field } from "../helpers/raw-client.ts";

const requests = 200;

function gatewayFor(origin: TestOrigin, log: ConfigFile["log"]): Promise<TestGateway> {
  return startGatewayOn({ log: log ?? {}, zones: [{ hosts: ["a.test"], origins: [origin.url] }] });
}

/** Ray ids of the answers to as many requests. */
async function raysOf(gateway: TestGateway): Promise<string[]> {
  const rays: string[] = [];
  for (let index = 0; index < requests; index += 1)
    rays.push(field(await gateway.get(), "cf-ray") ?? "");
  return rays;
}

describe("log.sampleSuccesses", () => {
  test("writes that share of the requests that went well, chosen by ray id, and counts the others", async () => {
    await using origin = await startOrigin((socket) => socket.write(ok()));
    await using gateway = await gatewayFor(origin, { sampleSuccesses: 0.5 });

    const rays = await raysOf(gateway);

    const chosen = rays.filter((ray) => Number.parseInt(ray.slice(0, 12), 16) < 0.5 * 16 ** 12);
    const total = (result: string) => gateway.metric("edgecase_log_lines_total", { result });
    await waitFor(() => gateway.lines.length >= chosen.length, "not every line was written");
    expect(gateway.lines.map(({ ray }) => ray)).toEqual(chosen);
    expect(await Promise.all([total("written"), total("sampled_out")])).toEqual([
      chosen.length,
      requests - chosen.length,
    ]);
    expect(chosen.length).toBeGreaterThan(requests / 4);
    expect(chosen.length).toBeLessThan((requests * 3) / 4);
  });

  test("of 0 leaves every failure in the log, early or late, and every client that left", async () => {
    await using gateway = await startGateway({
      fixtures: ["good", "refused", "body-stalls", "never-answers"],
      log: { sampleSuccesses: 0 },
    });
    await gateway.get();
    await gateway.request({ host: "refused.test" });
    await gateway.request({ host: "body-stalls.test" });

    const connection = gateway.connect();
    connection.send("GET / HTTP/1.1\r\nHost: never-answers.test\r\n\r\n");
    await waitFor(
      () => gateway.openConnections("never-answers") > 0,
      "no connection to the origin",
    );
    connection.close();

    await gateway.line(({ status }) => status === 499);
    expect(gateway.lines.map(({ zone, late, status }) => [zone, late, status])).toEqual([
      ["refused.test", false, 521],
      ["body-stalls.test", true, 200],
      ["never-answers.test", false, 499],
    ]);
    expect(await gateway.metric("edgecase_log_lines_total", { result: "sampled_out" })).toBe(1);
  });

  test("leaves an origin's own 5xx in the log", async () => {
    await using origin = await startOrigin((socket) =>
      socket.write(ok("no", "", "HTTP/1.1 503 Service Unavailable")),
    );
    await using gateway = await gatewayFor(origin, { sampleSuccesses: 0 });

    await gateway.get();

    expect(await gateway.line()).toMatchObject({ status: 503, failure: null });
  });
});

describe("log.level", () => {
  test.each([
    ["info", ["good.test", "refused.test"]],
    ["warn", ["refused.test"]],
    ["error", []],
    ["silent", []],
  ] as const)("%s writes the lines of %j", async (level, zones) => {
    await using gateway = await startGateway({ fixtures: ["good", "refused"], log: { level } });

    await gateway.get();
    await gateway.request({ host: "refused.test" });

    for (let count = 0; count < 2;) count = await gateway.metric("edgecase_requests_total");
    expect(gateway.lines.map(({ zone }) => zone)).toEqual(zones);
  });
});

describe("log.requestFields and log.responseFields", () => {
  const log = {
    requestFields: ["User-Agent", "x-missing"],
    responseFields: ["content-type", "x-id"],
  };

  test("put the fields that they name into the line, and no others", async () => {
    await using origin = await startOrigin((socket) =>
      socket.write(ok("{}", "Content-Type: text/plain\r\nX-Id: 1\r\nX-Id: 2\r\nX-Other: 3\r\n")),
    );
    await using gateway = await gatewayFor(origin, log);

    await gateway.get("/", [
      ["User-Agent", "curl"],
      ["Accept", "*/*"],
    ]);

    expect(await gateway.line()).toMatchObject({
      requestHeaders: { "user-agent": "curl" },
      responseHeaders: { "content-type": "text/plain", "x-id": "1, 2" },
    });
  });

  test("tell of the edge's own answer what the client got", async () => {
    await using gateway = await startGateway({ fixtures: ["refused"], log });

    const response = await gateway.get();

    const { responseHeaders } = await gateway.line();
    expect(responseHeaders).toEqual({ "content-type": field(response, "content-type") });
  });

  test("bound what they put there, and keep it one line of JSON", async () => {
    await using origin = await startOrigin((socket) => socket.write(ok()));
    await using gateway = await gatewayFor(origin, log);

    await gateway.get("/", [["User-Agent", `"\u009b31m\t${"x".repeat(5_000)}`]]);

    const { requestHeaders } = (await gateway.line()) as unknown as { requestHeaders: object };
    expect(Object.values(requestHeaders).map((value: string) => value.length)).toEqual([512]);
  });

  test("leave the line as it is where they are not configured", async () => {
    await using gateway = await startGateway({ fixtures: ["good"] });

    await gateway.get();

    const keys = Object.keys(await gateway.line());
    expect(keys.at(-1)).toBe("injected");
    expect(keys.length).toBe(30);
  });

  test.each([
    "Authorization",
    "cookie",
    "Set-Cookie",
    "proxy-authorization",
    "edgecase-reveal",
    "no field",
  ])("may not name %s", (name) => {
    const read = parseConfig(JSON.stringify({ log: { requestFields: ["accept", name] } }), null);

    expect(() => resolveConfig(read, null)).toThrow(ConfigError);
    expect(() => resolveConfig(read, null)).toThrow(/log\.requestFields\[1\]: must/);
  });
});
