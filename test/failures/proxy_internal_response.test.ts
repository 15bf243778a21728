// The gateway refuses by itself, whatever the zone and its origin are like: it has too much to do, or it ends.

import { afterEach, describe, expect, test } from "vitest";

import { profiles } from "../../edge-codes/index.ts";
import type { ConfigFile } from "../../src/config/schema.ts";
import { brokenSteps, json, textOf, words } from "../helpers/failure-chain.ts";
import { startGateway, waitFor, type ZooGateway } from "../helpers/gateway.ts";
import { field, type RawConnection, type RawResponse } from "../helpers/raw-client.ts";

const zone = "never-answers.test";
const type = "proxy_internal_response";
/** Those that wait for an answer are not to get one. */
const timeouts = { responseMs: 20_000 };

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

/** A gateway that may have one request under way, and has it. */
async function startFull(
  errors: NonNullable<ConfigFile["errors"]> = {},
): Promise<{ gateway: ZooGateway; client: RawConnection }> {
  const gateway = await startGateway({
    fixtures: ["never-answers", "good"],
    errors,
    timeouts,
    overload: { requests: 1 },
  });
  closers.push(() => gateway.close());
  return { gateway, client: await ask(gateway) };
}

/** Asks for what is never answered. */
async function ask(gateway: ZooGateway): Promise<RawConnection> {
  const client = gateway.connect();
  client.send(`GET /first HTTP/1.1\r\nHost: ${zone}\r\nAccept: text/html\r\n\r\n`);
  await waitFor(
    () => gateway.requestsSeen("never-answers") > 0,
    "the first request did not reach the origin",
  );
  return client;
}

function fieldNames({ headers }: RawResponse): string[] {
  return headers.map(([name]) => name.toLowerCase()).toSorted();
}

describe("more requests than overload.requests", () => {
  test.each(Object.keys(profiles))("are 503 in the profile %s", async (profile) => {
    const { gateway, client } = await startFull({ profile });

    const response = await gateway.get("/second", [["Accept", "application/json"]]);
    client.close();

    expect([response.status, response.ending]).toEqual([503, "complete"]);
    expect(json(response)["error_code"]).toBe(503);
    expect(await gateway.metric("edgecase_errors_total", { zone, code: "503" })).toBe(1);
  });

  test("are told for how long to wait, and why if pages are verbose", async () => {
    const { gateway, client } = await startFull();

    const response = await gateway.get("/second");
    client.close();

    expect(field(response, "retry-after")).toBe("30");
    expect(field(response, "proxy-status")).toBe(
      `edgecase; error=${type}; details="requests_at_limit"`,
    );
    expect(field(response, "cf-error-type")).toBe("503");
  });

  test.each(["detailed", "generic"] as const)(
    "are told for how long to wait and nothing else if codes are %s and pages sanitized",
    async (codes) => {
      const { gateway, client } = await startFull({ codes, pages: "sanitized" });

      const response = await gateway.get("/second", [["Accept", "text/html"]]);
      client.close();

      expect([response.status, field(response, "retry-after")]).toEqual([503, "30"]);
      expect(response.bytes.toString()).not.toMatch(/at_limit|internal_response|under way|origin/);
      expect(fieldNames(response)).toEqual([
        "cache-control",
        "cf-ray",
        "connection",
        "content-length",
        "content-security-policy",
        "content-type",
        "date",
        "keep-alive",
        "retry-after",
        "x-content-type-options",
        "x-robots-tag",
      ]);
    },
  );

  test("are answered alike in every zone, whatever its origin is like", async () => {
    const { gateway, client } = await startFull({ codes: "generic", pages: "sanitized" });

    const answers = [];
    for (const host of [zone, "good.test", "nobody.test"])
      answers.push(await gateway.get("/second", [["Host", host]]));
    client.close();

    const [first, ...others] = answers.map((answer) =>
      answer.bytes
        .toString()
        .replaceAll(field(answer, "cf-ray")?.slice(0, 16) ?? "", "RAY")
        .replaceAll(/\d\d:\d\d:\d\d/g, "TIME"),
    );
    expect(others).toEqual([first, first]);
  });

  test("have a short page, which costs little to make, even if pages are verbose", async () => {
    const { gateway, client } = await startFull();

    const response = await gateway.get("/second", [["Accept", "text/html"]]);
    client.close();

    const page = response.body.toString();
    expect(textOf(page)).toContain("Service temporarily unavailable");
    expect(brokenSteps(page)).toEqual([]);
  });

  test("are counted and logged as any failure is, and blame no origin", async () => {
    const { gateway, client } = await startFull();

    await gateway.get("/second");
    client.close();

    const labels = { zone, origin: "", phase: "edge", failure: type, reason: "requests_at_limit" };
    expect(await gateway.metric("edgecase_failures_total", labels)).toBe(1);
    expect(await gateway.line()).toMatchObject({
      level: 40,
      path: "/second",
      status: 503,
      code: 503,
      failure: type,
      reason: "requests_at_limit",
      phase: "edge",
      late: false,
      origin: "",
      originStatus: 0,
    });
  });

  test("reach no origin, and leave the one that is under way alone", async () => {
    const { gateway, client } = await startFull();

    for (let count = 0; count < 5; count += 1)
      await gateway.get("/second", [["Host", "good.test"]]);

    expect(gateway.requestsSeen("good")).toBe(0);
    expect(gateway.lines.map((line) => line["status"])).toEqual([503, 503, 503, 503, 503]);
    client.close();
  });

  test("are let in again as soon as there is room", async () => {
    const { gateway, client } = await startFull();
    await gateway.get("/second");

    client.close();

    await gateway.line((line) => line["status"] === 499);
    expect((await gateway.get("/third", [["Host", "good.test"]])).status).toBe(200);
  });

  test("keep their connection", async () => {
    const { gateway, client } = await startFull();
    const other = gateway.connect();
    closers.push(() => other.close());
    const request = { headers: [["Host", "good.test"]] } as const;

    const refused = await other.request(request);
    client.close();
    await gateway.line((line) => line["status"] === 499);

    expect(refused.status).toBe(503);
    expect((await other.request(request)).status).toBe(200);
  });
});

describe("when the gateway ends", () => {
  test("who still waits for the origin is told so, at the end of the grace", async () => {
    const gateway = await startGateway({ fixtures: ["never-answers"], timeouts });
    closers.push(() => gateway.close());
    const client = await ask(gateway);

    await gateway.gateway.close(100);

    const response = await client.read();
    const { title, likelyCauses } = words(type, "shutting_down");
    const page = response.body.toString();
    expect([response.status, response.ending]).toEqual([503, "complete"]);
    expect([field(response, "retry-after"), field(response, "connection")]).toEqual([
      "30",
      "close",
    ]);
    expect(brokenSteps(page)).toEqual(["Edge"]);
    expect(textOf(page)).toContain(title);
    expect(likelyCauses.filter((cause) => !textOf(page).includes(cause))).toEqual([]);
    expect(await gateway.line()).toMatchObject({
      status: 503,
      failure: type,
      reason: "shutting_down",
      late: false,
    });
  });

  test("a response that has begun is cut off, and recorded as late", async () => {
    const gateway = await startGateway({
      fixtures: ["body-stalls"],
      timeouts: { bodyIdleMs: 20_000 },
    });
    closers.push(() => gateway.close());
    const asked = gateway.get();
    await waitFor(() => gateway.requestsSeen("body-stalls") > 0, "it did not reach the origin");

    await gateway.gateway.close(200);

    expect((await asked).ending).toBe("truncated");
    expect(await gateway.line()).toMatchObject({
      status: 200,
      failure: type,
      reason: "shutting_down",
      late: true,
    });
  });
});
