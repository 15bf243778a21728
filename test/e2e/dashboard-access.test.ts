// Who can use the dashboard: in both colour schemes, on a small screen, without a mouse, without looking.

import { describe, expect, test } from "vitest";

import { lookAt } from "../helpers/browser.ts";
import { live, rowOf, useDashboard } from "../helpers/dashboard.ts";

const faults = ["good", "expired", "postgres", "nxdomain", "refused"];

const suite = useDashboard(faults);
const { withPage, changed } = suite;

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
      await Promise.all(faults.map((name) => suite.dashboard.ask(name)));
      const ray = await suite.dashboard.ask("expired");
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
      const older = await suite.dashboard.ask("expired");
      const newer = await suite.dashboard.ask("refused");
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
      await rowOf(page, await suite.dashboard.ask("expired")).waitFor();

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

      await suite.dashboard.ask("expired");

      const said = page.getByRole("status").filter({ hasText: "526 at expired.test, expired" });
      await said.waitFor();
      expect(await said.getAttribute("aria-live")).toBe("polite");
    });
  });
});
