// A real Chromium, for suites that look at pages, and what axe finds on one.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

import type axe from "axe-core";
import { type Browser, chromium, type Page } from "playwright-core";

const axeSource = readFileSync(
  createRequire(import.meta.url).resolve("axe-core/axe.min.js"),
  "utf8",
);

/** Starts it; names of `.test` lead to this machine. */
export function startBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: "/usr/bin/chromium",
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
      "--host-resolver-rules=MAP *.test 127.0.0.1",
    ],
  });
}

/** What axe finds on a page, and whether the page is wider than its window. Frames are pages of their own. */
export async function lookAt(page: Page) {
  await page.evaluate(axeSource);
  return page.evaluate(async () => {
    const { violations } = await (globalThis as unknown as { axe: typeof axe }).axe.run({
      iframes: false,
    });
    const { scrollWidth, clientWidth } = (
      globalThis as unknown as {
        document: { documentElement: { scrollWidth: number; clientWidth: number } };
      }
    ).document.documentElement;
    return {
      violations: violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html ?? ""}`),
      isTooWide: scrollWidth > clientWidth,
    };
  });
}
