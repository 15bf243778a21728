import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, describe, expect, test } from "vitest";

import { startGatewayOn } from "../helpers/gateway.ts";
import { field } from "../helpers/raw-client.ts";

const folder = mkdtempSync(join(tmpdir(), "edgecase-test-"));
const tokenFile = join(folder, "token");
writeFileSync(tokenFile, "s3cret\n");
afterAll(() => rmSync(folder, { recursive: true }));

const nowhere = "http://127.0.0.1:9";

describe("the two toggles", () => {
  test.each([
    ["detailed", "verbose", 521, true],
    ["detailed", "sanitized", 521, false],
    ["generic", "verbose", 502, true],
    ["generic", "sanitized", 502, false],
  ] as const)(
    "codes: %s with pages: %s answer %i, detail shown: %s",
    async (codes, pages, status, isDetailed) => {
      await using gateway = await startGatewayOn({
        errors: { codes, pages },
        zones: [{ hosts: ["*"], origins: [nowhere] }],
      });

      const response = await gateway.get("/", [["Accept", "text/plain"]]);

      expect(response.status).toBe(status);
      expect(field(response, "proxy-status") !== undefined).toBe(isDetailed);
      expect(response.body.toString().includes("127.0.0.1")).toBe(isDetailed);
      expect(await gateway.metric("edgecase_errors_total", { code: "521" })).toBe(1);
      expect(await gateway.metric("edgecase_requests_total", { status: String(status) })).toBe(1);
      expect(await gateway.line()).toMatchObject({
        status,
        code: 521,
        failure: "connection_refused",
      });
    },
  );

  test("may differ from zone to zone", async () => {
    await using gateway = await startGatewayOn({
      errors: { codes: "generic", pages: "sanitized" },
      zones: [
        { hosts: ["public.test"], origins: [nowhere] },
        { hosts: ["inside.test"], origins: [nowhere], errors: { codes: "detailed" } },
      ],
    });

    const statuses = [
      (await gateway.request({ host: "public.test" })).status,
      (await gateway.request({ host: "inside.test" })).status,
    ];

    expect(statuses).toEqual([502, 521]);
  });

  test("take effect with the next answer when they are changed", async () => {
    await using gateway = await startGatewayOn({ zones: [{ hosts: ["*"], origins: [nowhere] }] });
    const before = await gateway.get();

    gateway.gateway.settings.change({ codes: "generic", pages: "sanitized" });

    const after = await gateway.get();
    expect([before.status, after.status]).toEqual([521, 502]);
    expect(field(after, "proxy-status")).toBeUndefined();
  });
});

describe("reveal", () => {
  const reveal = { codes: "generic", pages: "sanitized" } as const;

  test.each([
    [["127.0.0.0/8"], 521],
    [["192.0.2.0/24", "2001:db8::/32"], 502],
  ])("clients in %j get %i", async (cidrs, status) => {
    await using gateway = await startGatewayOn({
      errors: { ...reveal, reveal: { cidrs } },
      zones: [{ hosts: ["*"], origins: [nowhere] }],
    });

    expect((await gateway.get()).status).toBe(status);
  });

  test.each([
    ["s3cret", 521],
    ["s3cret2", 502],
    ["", 502],
  ])("a request that bears %j gets %i", async (token, status) => {
    await using gateway = await startGatewayOn({
      errors: { ...reveal, reveal: { tokenFile } },
      zones: [{ hosts: ["*"], origins: [nowhere] }],
    });

    const response = await gateway.get("/", [["Edgecase-Reveal", token]]);

    expect(response.status).toBe(status);
    expect(field(response, "proxy-status") !== undefined).toBe(status === 521);
  });
});
