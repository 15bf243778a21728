// The dashboard in a real browser, in front of a real gateway: what it shows, what it changes, and what it lets through.

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { describe, expect, test } from "vitest";

import { live, rowOf, startDashboard, useDashboard } from "../helpers/dashboard.ts";
import { rawRequest } from "../helpers/raw-client.ts";

const faults = ["good", "expired", "postgres", "nxdomain", "refused"];

const suite = useDashboard(faults);
const { withPage, changed } = suite;

describe("an exchange that fails", () => {
  test("appears as it ends, with the broken step marked", async () => {
    await withPage({}, async (page) => {
      await live(page);

      const ray = await suite.dashboard.ask("expired", "/cart");

      const row = page.getByRole("row").filter({ has: rowOf(page, ray) });
      await row.waitFor();
      expect(await row.getByRole("cell").nth(1).innerText()).toBe("526");
      expect(await row.getByRole("img", { name: "broken at TLS" }).count()).toBe(1);
      expect(await row.innerText()).toContain("expired.test/cart");
    });
  });

  test("leads to its evidence, to the page that the client got, and to its explanation", async () => {
    await withPage({}, async (page) => {
      await live(page);
      const ray = await suite.dashboard.ask("expired");

      await rowOf(page, ray).click();

      await page.getByRole("heading", { name: "526 Invalid SSL certificate" }).waitFor();
      await page.getByText("The certificate has expired.").first().waitFor();
      expect(await page.getByRole("row", { name: "Error code CERT_HAS_EXPIRED" }).count()).toBe(1);
      const client = page.frameLocator("iframe");
      await client.getByRole("heading", { name: /526/ }).first().waitFor();
      await page.getByRole("button", { name: "Explain tls_certificate_error/expired" }).click();
      await page.getByRole("heading", { name: "tls_certificate_error/expired" }).waitFor();
      await page.getByRole("heading", { name: "How to fix" }).waitFor();
      expect(new URL(page.url()).searchParams.get("explain")).toBe("tls_certificate_error/expired");
    });
  });

  test("has an address of its own", async () => {
    const ray = await suite.dashboard.ask("nxdomain");

    await withPage({ url: `${suite.dashboard.url}?ray=${ray}` }, async (page) => {
      const title = page.getByRole("heading", { name: /^523/ });
      await title.waitFor();
      expect(await title.innerText()).toContain("Origin is unreachable");
    });
  });
});

describe("the switches", () => {
  test("act on the next answer", async () => {
    await withPage({}, async (page) => {
      const codes = page.getByRole("switch", { name: "Detailed codes" });
      const pages = page.getByRole("switch", { name: "Verbose pages" });
      await codes.and(page.locator('[aria-checked="true"]')).waitFor();

      await codes.click();
      await changed({ codes: "generic" });
      const generic = await suite.dashboard.gateway.get("/", [["Host", "refused.test"]]);
      await pages.click();
      await changed({ pages: "sanitized" });
      const sanitized = await suite.dashboard.gateway.get("/", [["Host", "refused.test"]]);
      await codes.click();
      await pages.click();
      await changed({ codes: "detailed", pages: "verbose" });
      const detailed = await suite.dashboard.gateway.get("/", [["Host", "refused.test"]]);

      expect([generic.status, sanitized.status, detailed.status]).toEqual([502, 502, 521]);
      expect(generic.body.toString()).toContain("connection_refused");
      expect(sanitized.body.toString()).not.toContain("connection_refused");
    });
  });

  test("act on the chosen zone alone", async () => {
    await withPage({ url: `${suite.dashboard.url}?zone=refused.test` }, async (page) => {
      const codes = page.getByRole("switch", { name: "Detailed codes" });

      await codes.click();
      await waitForZone("refused.test", "generic");
      const there = await suite.dashboard.gateway.get("/", [["Host", "refused.test"]]);
      const elsewhere = await suite.dashboard.gateway.get("/", [["Host", "nxdomain.test"]]);
      await codes.click();
      await waitForZone("refused.test", "detailed");

      expect([there.status, elsewhere.status]).toEqual([502, 523]);
    });
  });

  test("show what somebody else changes", async () => {
    await withPage({}, async (page) => {
      await live(page);

      suite.dashboard.gateway.gateway.settings.change({ pages: "sanitized" });

      const pages = page.getByRole("switch", { name: "Verbose pages" });
      await pages.and(page.locator('[aria-checked="false"]')).waitFor();
      expect(await pages.innerText()).toContain("Off: they tell nothing");
      suite.dashboard.gateway.gateway.settings.change({ pages: "verbose" });
    });
  });
});

function waitForZone(name: string, codes: string): Promise<unknown> {
  const zone = suite.dashboard.gateway.gateway.zones.find((one) => one.name === name);
  return expect.poll(() => zone?.errors.codes, { timeout: 5_000 }).toBe(codes);
}

test("a list that is paused keeps still, and says how many are newer", async () => {
  await withPage({}, async (page) => {
    await live(page);
    await page.getByRole("button", { name: "Pause" }).click();

    const ray = await suite.dashboard.ask("expired");
    await page.getByRole("button", { name: "Paused: 1 newer, show them" }).waitFor();
    expect(await rowOf(page, ray).count()).toBe(0);
    await page.getByRole("button", { name: "Paused: 1 newer, show them" }).click();

    await rowOf(page, ray).waitFor();
  });
});

test("it says when the gateway is gone, and goes on when it is back", async () => {
  await using brief = await startDashboard({ fixtures: ["refused"] });
  const { port } = new URL(brief.url);
  await withPage({ url: brief.url }, async (page) => {
    await live(page);

    await brief[Symbol.asyncDispose]();
    await page.getByRole("status").filter({ hasText: "Connection lost" }).waitFor();
    await using back = await startDashboard({
      fixtures: ["refused"],
      admin: { port: Number(port) },
    });
    await live(page);
    await back.gateway.get("/again");

    const row = page.locator("a.what").filter({ hasText: "/again" });
    await row.waitFor();
    expect(await row.count()).toBe(1);
  });
});

test("at 200 exchanges a second it stays smooth, and says that it samples", async () => {
  await withPage({}, async (page) => {
    await live(page);
    await suite.browser.startTracing(page, {
      categories: ["disabled-by-default-devtools.timeline"],
    });

    const busy = page.getByText(/^Busy: showing \d+ of \d+ in the last \d s/);
    const until = performance.now() + 4_000;
    while (performance.now() < until || !(await busy.isVisible())) {
      const names = Array.from({ length: 10 }, (_, at) => (at === 0 ? "refused" : "good"));
      await Promise.all([pause(50), ...names.map((name) => suite.dashboard.ask(name))]);
    }

    expect(tasksOver(200, await suite.browser.stopTracing())).toEqual([]);
    expect(await page.locator("a.what").count()).toBeLessThanOrEqual(200);
  });
}, 60_000);

/** Tasks of a trace that took longer, in milliseconds of the processor's time, which others on this machine cannot lengthen. */
function tasksOver(ms: number, trace: Buffer): number[] {
  const { traceEvents } = JSON.parse(trace.toString()) as {
    traceEvents: readonly { name: string; tdur?: number }[];
  };
  const tasks = traceEvents.filter(({ name, tdur }) => name === "RunTask" && tdur !== undefined);
  expect(tasks.length).toBeGreaterThan(100);
  return tasks.map(({ tdur = 0 }) => tdur / 1_000).filter((taken) => taken > ms);
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}

test("what comes over the wire is text, whatever it holds", async () => {
  const hostile = "<img/src=x/onerror=window.__pwned=1>";
  await withPage(
    { url: `${suite.dashboard.url}?text=${encodeURIComponent(hostile)}` },
    async (page) => {
      await live(page);

      await rawRequest(suite.dashboard.gateway.port, {
        target: `/${hostile}`,
        headers: [["Host", "refused.test"]],
      });
      const row = page.locator("a.what").filter({ hasText: hostile });
      await row.click();

      await page.getByText(`http://refused.test/${hostile}`).waitFor();
      expect(await page.locator("#app img:not([src='./icon.svg'])").count()).toBe(0);
      expect(await page.evaluate("window.__pwned")).toBeUndefined();
    },
  );
});

test("it asks nobody but the admin port, and breaks no rule of its own policy", async () => {
  const context = await suite.browser.newContext();
  const page = await context.newPage();
  const origins = new Set<string>();
  const complaints: string[] = [];
  page.on("request", (request) => origins.add(new URL(request.url()).origin));
  page.on("console", (message) => complaints.push(message.text()));
  page.on("pageerror", (error) => complaints.push(error.message));

  await page.goto(suite.dashboard.url);
  await live(page);
  await rowOf(page, await suite.dashboard.ask("expired")).click();
  await page.frameLocator("iframe").getByRole("heading", { name: /526/ }).first().waitFor();

  expect([...origins]).toEqual([new URL(suite.dashboard.url).origin]);
  // Pools are asked for once, where the gateway may have none to tell of.
  expect(complaints.filter((text) => !text.includes("404"))).toEqual([]);
  await context.close();
});

test("behind a token it asks for it, and shows everything then", async () => {
  const folder = mkdtempSync(join(tmpdir(), "edgecase-token-"));
  writeFileSync(join(folder, "token"), "a-token-for-the-admin-port\n");
  await using guarded = await startDashboard({
    fixtures: ["expired"],
    admin: { tokenFile: join(folder, "token") },
  });
  rmSync(folder, { recursive: true });

  await withPage({ url: guarded.url, bypassCSP: false }, async (page) => {
    const field = page.getByLabel("Token of the admin port");
    await field.fill("wrong");
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByRole("alert").filter({ hasText: "does not know this token" }).waitFor();
    await field.fill("a-token-for-the-admin-port");
    await page.getByRole("button", { name: "Sign in" }).click();
    await live(page);
    await guarded.gateway.request({
      host: "expired.test",
      headers: [
        ["Host", "expired.test"],
        ["Accept", "text/html"],
      ],
    });
    await page.locator("a.what").first().click();

    const shown = page.frameLocator("iframe").getByRole("heading", { name: /526/ }).first();
    await shown.waitFor();
    expect(await shown.innerText()).toContain("526");
  });
});
