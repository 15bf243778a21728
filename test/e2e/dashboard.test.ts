// The dashboard in a real browser, in front of a real gateway: what it shows, what it changes, who can use it, and what it lets through.

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { lookAt, startBrowser } from "../helpers/browser.ts";
import { buildDashboard, startDashboard, type TestDashboard } from "../helpers/dashboard.ts";
import { rawRequest } from "../helpers/raw-client.ts";

const faults = ["good", "expired", "postgres", "nxdomain", "refused"];

let browser: Browser;
let dashboard: TestDashboard;

beforeAll(async () => {
  buildDashboard();
  dashboard = await startDashboard({ fixtures: faults });
  browser = await startBrowser();
}, 120_000);

afterAll(async () => {
  await browser.close();
  await dashboard[Symbol.asyncDispose]();
});

/** What a test does with a page of its own, which is closed afterwards. */
async function withPage(
  options: BrowserContextOptions & { readonly url?: string },
  use: (page: Page) => Promise<void>,
): Promise<void> {
  const { url = dashboard.url, ...contextOptions } = options;
  const context = await browser.newContext(contextOptions);
  const page = await context.newPage();
  try {
    await page.goto(url);
    await use(page);
  } finally {
    await context.close();
  }
}

const live = (page: Page) =>
  page
    .getByRole("status")
    .filter({ hasText: /^Live$/ })
    .waitFor();

/** Asks the gateway for something, and gives the ray ID of the answer. */
async function ask(fixture: string, path = "/", accept = "text/html"): Promise<string> {
  const { gateway } = dashboard;
  const answer = await gateway.request({
    host: `${fixture}.test`,
    target: path,
    headers: [
      ["Host", `${fixture}.test`],
      ["Accept", accept],
    ],
  });
  return answer.headers.find(([name]) => name.toLowerCase() === "cf-ray")?.[1] ?? "";
}

const rowOf = (page: Page, ray: string) => page.locator(`a.what[data-ray="${ray}"]`);

describe("an exchange that fails", () => {
  test("appears as it ends, with the broken step marked", async () => {
    await withPage({}, async (page) => {
      await live(page);

      const ray = await ask("expired", "/cart");

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
      const ray = await ask("expired");

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
    const ray = await ask("nxdomain");

    await withPage({ url: `${dashboard.url}?ray=${ray}` }, async (page) => {
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
      const generic = await dashboard.gateway.get("/", [["Host", "refused.test"]]);
      await pages.click();
      await changed({ pages: "sanitized" });
      const sanitized = await dashboard.gateway.get("/", [["Host", "refused.test"]]);
      await codes.click();
      await pages.click();
      await changed({ codes: "detailed", pages: "verbose" });
      const detailed = await dashboard.gateway.get("/", [["Host", "refused.test"]]);

      expect([generic.status, sanitized.status, detailed.status]).toEqual([502, 502, 521]);
      expect(generic.body.toString()).toContain("connection_refused");
      expect(sanitized.body.toString()).not.toContain("connection_refused");
    });
  });

  test("act on the chosen zone alone", async () => {
    await withPage({ url: `${dashboard.url}?zone=refused.test` }, async (page) => {
      const codes = page.getByRole("switch", { name: "Detailed codes" });

      await codes.click();
      await waitForZone("refused.test", "generic");
      const there = await dashboard.gateway.get("/", [["Host", "refused.test"]]);
      const elsewhere = await dashboard.gateway.get("/", [["Host", "nxdomain.test"]]);
      await codes.click();
      await waitForZone("refused.test", "detailed");

      expect([there.status, elsewhere.status]).toEqual([502, 523]);
    });
  });

  test("show what somebody else changes", async () => {
    await withPage({}, async (page) => {
      await live(page);

      dashboard.gateway.gateway.settings.change({ pages: "sanitized" });

      const pages = page.getByRole("switch", { name: "Verbose pages" });
      await pages.and(page.locator('[aria-checked="false"]')).waitFor();
      expect(await pages.innerText()).toContain("Off: they tell nothing");
      dashboard.gateway.gateway.settings.change({ pages: "verbose" });
    });
  });
});

function changed(wanted: object): Promise<unknown> {
  return expect
    .poll(() => dashboard.gateway.gateway.settings.errors, { timeout: 5_000 })
    .toMatchObject(wanted);
}

function waitForZone(name: string, codes: string): Promise<unknown> {
  const zone = dashboard.gateway.gateway.zones.find((one) => one.name === name);
  return expect.poll(() => zone?.errors.codes, { timeout: 5_000 }).toBe(codes);
}

describe.each([
  { colorScheme: "light", width: 1280 },
  { colorScheme: "dark", width: 1280 },
  { colorScheme: "light", width: 320 },
  { colorScheme: "dark", width: 320 },
] as const)("seen $colorScheme and $width pixels wide", ({ colorScheme, width }) => {
  const view = { colorScheme, viewport: { width, height: 800 }, bypassCSP: true };
  const fine = { violations: [], isTooWide: false };

  test("it has nothing for axe to find and fits, also with details, explanation, table and help open", async () => {
    await withPage(view, async (page) => {
      await live(page);
      await Promise.all(faults.map((name) => ask(name)));
      const ray = await ask("expired");
      await rowOf(page, ray).waitFor();
      await page.getByRole("button", { name: "Table" }).click();
      expect(await lookAt(page)).toEqual(fine);

      await rowOf(page, ray).click();
      await page.getByRole("heading", { name: "How to fix" }).waitFor();
      expect(await lookAt(page)).toEqual(fine);

      await page.getByRole("button", { name: "Explain 526" }).click();
      await page.getByText("HTTP status").waitFor();
      expect(await lookAt(page)).toEqual(fine);

      await page.keyboard.press("?");
      await page.getByRole("dialog").waitFor();
      expect(await lookAt(page)).toEqual(fine);
    });
  }, 60_000);
});

describe("without a mouse", () => {
  test("keys lead through the list, into an exchange and back", async () => {
    await withPage({}, async (page) => {
      await live(page);
      const older = await ask("expired");
      const newer = await ask("refused");
      await rowOf(page, newer).waitFor();
      const isFocused = (ray: string) =>
        page.locator(`a.what[data-ray="${ray}"]:focus`).waitFor({ timeout: 3_000 });

      await page.keyboard.press("j");
      await isFocused(newer);
      await page.keyboard.press("ArrowDown");
      await isFocused(older);
      await page.keyboard.press("k");
      await isFocused(newer);
      await page.keyboard.press("Enter");
      await page.locator("#details-title:focus").waitFor();
      await page.keyboard.press("Escape");
      await isFocused(newer);
      await page.keyboard.press("/");
      await page.locator("#filter-text:focus").waitFor();
      await page.keyboard.type("expired");
      await expect.poll(() => new URL(page.url()).searchParams.get("text")).toBe("expired");
      expect(await rowOf(page, newer).count()).toBe(0);
      await page.keyboard.press("Escape");
      await page.keyboard.press("p");

      await page.getByRole("button", { name: "Go on" }).waitFor();
      await page.getByRole("status").filter({ hasText: "The list is paused" }).waitFor();
    });
  });

  test("the list is one stop of the Tab key, and a switch turns with the space bar", async () => {
    await withPage({}, async (page) => {
      await live(page);
      await rowOf(page, await ask("expired")).waitFor();

      expect(await page.locator('a.what[tabindex="0"]').count()).toBe(1);
      await page.getByRole("switch", { name: "Verbose pages" }).press(" ");
      await changed({ pages: "sanitized" });
      await page.getByRole("switch", { name: "Verbose pages" }).press(" ");
      await changed({ pages: "verbose" });
    });
  });

  test("errors are said aloud", async () => {
    await withPage({}, async (page) => {
      await live(page);

      await ask("expired");

      const said = page.getByRole("status").filter({ hasText: "526 at expired.test, expired" });
      await said.waitFor();
      expect(await said.getAttribute("aria-live")).toBe("polite");
    });
  });
});

test("a list that is paused keeps still, and says how many are newer", async () => {
  await withPage({}, async (page) => {
    await live(page);
    await page.getByRole("button", { name: "Pause" }).click();

    const ray = await ask("expired");
    await page.getByRole("button", { name: "Paused: 1 newer, show them" }).waitFor();
    expect(await rowOf(page, ray).count()).toBe(0);
    await page.getByRole("button", { name: "Paused: 1 newer, show them" }).click();

    await rowOf(page, ray).waitFor();
  });
});

test("at 200 exchanges a second it stays smooth, and says that it samples", async () => {
  await withPage({}, async (page) => {
    await live(page);
    await browser.startTracing(page, { categories: ["disabled-by-default-devtools.timeline"] });

    const until = performance.now() + 4_000;
    while (performance.now() < until) {
      const names = Array.from({ length: 10 }, (_, at) => (at === 0 ? "refused" : "good"));
      await Promise.all([pause(50), ...names.map((name) => ask(name))]);
    }

    await page.getByText(/^Busy: showing \d+ of \d+ in the last \d s/).waitFor();
    expect(tasksOver(200, await browser.stopTracing())).toEqual([]);
    expect(await page.locator("a.what").count()).toBeLessThanOrEqual(200);
  });
});

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
  await withPage({ url: `${dashboard.url}?text=${encodeURIComponent(hostile)}` }, async (page) => {
    await live(page);

    await rawRequest(dashboard.gateway.port, {
      target: `/${hostile}`,
      headers: [["Host", "refused.test"]],
    });
    const row = page.locator("a.what").filter({ hasText: hostile });
    await row.click();

    await page.getByText(`http://refused.test/${hostile}`).waitFor();
    expect(await page.locator("#app img:not([src='./icon.svg'])").count()).toBe(0);
    expect(await page.evaluate("window.__pwned")).toBeUndefined();
  });
});

test("it asks nobody but the admin port, and breaks no rule of its own policy", async () => {
  const context = await browser.newContext();
  const page = await context.newPage();
  const origins = new Set<string>();
  const complaints: string[] = [];
  page.on("request", (request) => origins.add(new URL(request.url()).origin));
  page.on("console", (message) => complaints.push(message.text()));
  page.on("pageerror", (error) => complaints.push(error.message));

  await page.goto(dashboard.url);
  await live(page);
  await rowOf(page, await ask("expired")).click();
  await page.frameLocator("iframe").getByRole("heading", { name: /526/ }).first().waitFor();

  expect([...origins]).toEqual([new URL(dashboard.url).origin]);
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
