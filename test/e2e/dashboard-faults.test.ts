// Faults in the dashboard: injected there or elsewhere, watched, cleared, and marked on what they happened to.

import type { Page } from "playwright-core";
import { afterEach, describe, expect, test } from "vitest";

import type { FaultRequest } from "../../src/admin/fault-schemas.ts";
import { addFault } from "../../src/admin/faults.ts";
import { lookAt } from "../helpers/browser.ts";
import { live, rowOf, useDashboard } from "../helpers/dashboard.ts";

const suite = useDashboard(["good", "refused"]);
const { withPage } = suite;

afterEach(() => {
  const { injection, settings } = suite.dashboard.gateway.gateway;
  injection.clear();
  settings.change({ profile: "cloudflare" });
});

/** Puts a fault in force from elsewhere, as `edgecase inject` does. */
async function injectElsewhere(fault: FaultRequest): Promise<void> {
  expect(await addFault(fault, suite.dashboard.gateway.gateway)).not.toHaveProperty("rule");
}

async function openFaults(page: Page): Promise<void> {
  await live(page);
  await page.getByRole("button", { name: "Faults" }).click();
  await page.locator("#faults-title:focus").waitFor();
}

function zoneField(page: Page) {
  return page.getByRole("article", { name: "Faults" }).getByRole("combobox", { name: "Zone" });
}

function field(page: Page, name: string) {
  return page.getByRole("article", { name: "Faults" }).getByLabel(name, { exact: true });
}

function inject(page: Page): Promise<void> {
  return page.getByRole("button", { name: "Inject", exact: true }).click();
}

test("what is injected happens, is counted, is marked, and ends when it is cleared", async () => {
  await withPage({}, async (page) => {
    await openFaults(page);
    await zoneField(page).selectOption("good.test");
    await field(page, "Fault").fill("525");
    await field(page, "Path").fill("/api/*");
    await field(page, "For").fill("10m");
    await inject(page);
    await page.getByText("good.test, path /api/*, for 10 min more").waitFor();

    const ray = await suite.dashboard.ask("good", "/api/orders");
    const other = await suite.dashboard.ask("good", "/");
    await page.getByText("1 injected, of 1 that matched").waitFor();
    const row = page.getByRole("row").filter({ has: rowOf(page, ray) });
    expect(await row.innerText()).toMatch(/525\s+injected/);
    expect(await rowOf(page, other).innerText()).not.toContain("injected");
    await rowOf(page, ray).click();
    await page.getByText("Injected: the fault closed-in-handshake was put in its way").waitFor();

    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: "Clear 525, good.test" }).click();
    await page.locator("#in-force-title:focus").waitFor();
    await page.getByText("None.", { exact: true }).waitFor();
    const answer = await suite.dashboard.gateway.get("/api/orders");
    expect(answer.status).toBe(200);
  });
});

test("where the content breaks off can be said for cut and stall alone", async () => {
  await withPage({ url: `${suite.dashboard.url}?zone=good.test` }, async (page) => {
    await openFaults(page);

    expect(await zoneField(page).inputValue()).toBe("good.test");
    expect(await field(page, "After bytes").count()).toBe(0);
    await field(page, "Fault").fill("cut");
    await field(page, "After bytes").fill("1");
    await field(page, "Count").fill("3");
    await field(page, "Rate, 0 to 1").fill("0.5");
    await inject(page);

    await page.getByText("good.test, rate 0.5, at most 3, after 1 bytes").waitFor();
    expect(
      suite.dashboard.gateway.gateway.injection.rules.map(({ config }) => config),
    ).toMatchObject([{ written: "cut", zone: "good.test", rate: 0.5, count: 3, after: 1 }]);
  });
});

describe("what the gateway refuses", () => {
  test.each([
    ["Fault", "expird", 'did you mean "expired"?'],
    ["Rate, 0 to 1", "2", "must be <= 1 (found 2)"],
    ["For", "30", 'must be milliseconds up to 86400000 or a wait as 30s (found "30")'],
  ])("is said beside the field %s, which has the focus", async (name, value, said) => {
    await withPage({}, async (page) => {
      await openFaults(page);
      await field(page, "Fault").fill("cut");
      await field(page, name).fill(value);

      await inject(page);

      await page.getByRole("alert").filter({ hasText: said }).waitFor();
      const wrong = page.locator('[aria-invalid="true"]:focus');
      expect(await wrong.getAttribute("aria-describedby")).toBe(
        await page.getByRole("alert").getAttribute("id"),
      );
      expect(await wrong.inputValue()).toBe(value);
    });
  });
});

test("what can be injected goes by the zone's profile", async () => {
  await withPage({}, async (page) => {
    const has = (name: string) => page.locator(`#fault-names option[value="${name}"]`).count();
    await openFaults(page);
    await expect.poll(() => has("525")).toBe(1);
    const before = await has("504");

    await page.getByRole("combobox", { name: "Profile" }).selectOption("rfc9209");

    await expect.poll(() => has("504"), { timeout: 5_000 }).toBe(1);
    expect([before, await has("525"), await has("expired"), await has("stall")]).toEqual([
      0, 0, 1, 1,
    ]);
  });
});

test("faults made elsewhere are announced above the list, and can be cleared together", async () => {
  await withPage({}, async (page) => {
    await live(page);
    await injectElsewhere({ fault: 521, zone: "good.test" });
    await page.getByText("A fault is in force: 521 in good.test.").waitFor();
    await injectElsewhere({ fault: "expired", match: { method: "POST" }, delay: "2s" });
    await injectElsewhere({ fault: "stall" });
    await page.getByText("521 in good.test, expired in every zone, and 1 more.").waitFor();
    await page.getByRole("status").filter({ hasText: "3 faults are in force" }).waitFor();

    await page.getByRole("link", { name: "Show them" }).click();
    await page.getByText("every zone, POST, delay 2000 ms").waitFor();
    await page.getByRole("button", { name: "Clear all" }).click();

    await page.getByText("None.", { exact: true }).waitFor();
    expect(await page.getByText("in force:").count()).toBe(0);
    expect(suite.dashboard.gateway.gateway.injection.rules).toEqual([]);
  });
});

test("without a mouse, a fault is written, injected and left", async () => {
  await withPage({}, async (page) => {
    await live(page);

    await page.keyboard.press("f");
    await page.locator("#faults-title:focus").waitFor();
    await field(page, "Fault").focus();
    await page.keyboard.type("521");
    await page.keyboard.press("Enter");
    await page.getByRole("button", { name: "Clear 521, every zone" }).waitFor();
    await page.keyboard.press("Escape");
    await page.keyboard.press("Escape");

    await page.locator(".faults-button:focus").waitFor();
    expect(await page.getByRole("heading", { name: "Zones and origins" }).count()).toBe(1);
  });
});

test.each([
  { colorScheme: "light", width: 1000 },
  { colorScheme: "dark", width: 1000 },
  { colorScheme: "light", width: 320 },
  { colorScheme: "dark", width: 320 },
] as const)(
  "axe finds nothing, $colorScheme and $width pixels wide",
  async (view) => {
    const { colorScheme, width } = view;
    const viewport = { width, height: 800 };
    await injectElsewhere({ fault: "tls_certificate_error/wrong_host", match: { path: "/x/*" } });
    await injectElsewhere({ fault: 521, for: "1m", count: 1_000 });
    await withPage({ colorScheme, viewport, bypassCSP: true }, async (page) => {
      await openFaults(page);
      const ray = await suite.dashboard.ask("good");
      await rowOf(page, ray).waitFor();
      await field(page, "Fault").fill("nonsense");
      await inject(page);
      await page.getByRole("alert").waitFor();

      expect(await lookAt(page)).toEqual({ violations: [], isTooWide: false });
      await rowOf(page, ray).click();
      await page.getByRole("heading", { name: "How to fix" }).waitFor();
      expect(await lookAt(page)).toEqual({ violations: [], isTooWide: false });
    });
  },
  60_000,
);
