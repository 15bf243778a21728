import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { pino } from "pino";
import { afterAll, describe, expect, test } from "vitest";

import { addDashboard } from "../../src/admin/dashboard-files.ts";
import { AdminServer } from "../../src/admin/server.ts";
import type { ConfigFile } from "../../src/config/schema.ts";
import { startGatewayOn } from "../helpers/gateway.ts";

const build = mkdtempSync(join(tmpdir(), "edgecase-dashboard-"));
mkdirSync(join(build, "assets"));
writeFileSync(join(build, "index.html"), "<!doctype html><title>Edgecase</title>");
writeFileSync(join(build, "assets", "index-Ab12.js"), "export {};");
writeFileSync(join(build, "notes.txt"), "not to be served");
afterAll(() => rmSync(build, { recursive: true }));

/** An admin server with the files of a folder at its root. */
async function startWith(folder: string | null, admin: ConfigFile["admin"] = {}) {
  const gateway = await startGatewayOn({
    admin: { port: 0, ...admin },
    zones: [{ hosts: ["a.test"], origins: ["http://127.0.0.1:9"] }],
  });
  const server = new AdminServer(gateway.gateway.config.admin, gateway.gateway, {
    isReady: () => true,
    messages: pino({ level: "silent" }),
    addFiles: (app) => addDashboard(app, folder),
  });
  const port = await server.start();
  return {
    get: (path: string, headers: Record<string, string> = {}) =>
      fetch(`http://127.0.0.1:${String(port)}${path}`, { headers }),
    async [Symbol.asyncDispose]() {
      await server.close();
      await gateway.close();
    },
  };
}

describe("the root of the admin port", () => {
  test("has the dashboard, under a policy that lets nothing in from elsewhere", async () => {
    await using admin = await startWith(build);

    const page = await admin.get("/");

    expect(page.status).toBe(200);
    expect(page.headers.get("content-type")).toBe("text/html; charset=utf-8");
    expect(page.headers.get("cache-control")).toBe("no-cache");
    expect(page.headers.get("x-content-type-options")).toBe("nosniff");
    const policy = page.headers.get("content-security-policy") ?? "";
    expect(policy).toMatch(/^default-src 'none'; script-src 'self'; style-src 'self' 'sha256-/);
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toContain("unsafe");
    expect(await page.text()).toContain("<title>Edgecase</title>");
  });

  test("lets browsers keep for good what has its hash in its name", async () => {
    await using admin = await startWith(build);

    const script = await admin.get("/assets/index-Ab12.js");

    expect(script.headers.get("content-type")).toBe("text/javascript; charset=utf-8");
    expect(script.headers.get("cache-control")).toBe("public, max-age=31536000, immutable");
  });

  test("answers 304 to who has the page already", async () => {
    await using admin = await startWith(build);
    const etag = (await admin.get("/")).headers.get("etag") ?? "";

    const again = await admin.get("/", { "if-none-match": etag });

    expect(again.status).toBe(304);
    expect(await again.text()).toBe("");
  });

  test.each(["/notes.txt", "/assets/../index.html/x", "/assets/%2e%2e%2findex.html"])(
    "has nothing at %s",
    async (path) => {
      await using admin = await startWith(build);

      expect((await admin.get(path)).status).toBe(404);
    },
  );

  test("says how to build the dashboard where that has not been done", async () => {
    await using admin = await startWith(null);

    const page = await admin.get("/");

    expect(page.status).toBe(503);
    expect(page.headers.get("content-type")).toBe("text/plain; charset=utf-8");
    expect(await page.text()).toContain("npm run build:dashboard");
  });

  test("asks for no token, for it tells nothing; the API does", async () => {
    const tokenFile = join(build, "token");
    writeFileSync(tokenFile, "a-token-for-the-admin-port\n");
    await using admin = await startWith(build, { tokenFile });

    expect((await admin.get("/")).status).toBe(200);
    expect((await admin.get("/api/gateway")).status).toBe(401);
  });
});

describe("GET /api/gateway", () => {
  test("has the version and the ports", async () => {
    await using admin = await startWith(null);

    const facts = (await (await admin.get("/api/gateway")).json()) as Record<string, unknown>;

    expect(facts).toEqual({
      version: expect.stringMatching(/^\d+\.\d+\.\d+/),
      http: expect.any(Number),
      https: null,
    });
  });
});
