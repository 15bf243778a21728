// An app's own error page, in a real browser: a banner with the ray ID and a button, whatever becomes of the request behind it.

import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";

import { type Edgecase, startEdgecase } from "edgecase/testing";
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";

const html = readFileSync(new URL("page.html", import.meta.url));
const orders = ["1 teapot", "2 cups", "3 saucers"];

/** The app: a page, and the API that the page's script asks. */
const app: Server = createServer((req, res) => {
  const isApi = req.url === "/api/orders";
  res.setHeader("content-type", isApi ? "application/json" : "text/html; charset=utf-8");
  res.end(isApi ? JSON.stringify(orders) : html);
});

let browser: Browser;
let edge: Edgecase;
let page: Page;

beforeAll(async () => {
  await once(app.listen(0, "127.0.0.1"), "listening");
  const { port } = app.address() as AddressInfo;
  edge = await startEdgecase({ origin: `http://127.0.0.1:${port}` });
  // With `@playwright/test` and a browser of its own, the fixture `page` takes the place of these lines.
  browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox"] });
}, 60_000);

beforeEach(async () => {
  page = await browser.newPage();
});

afterEach(async () => {
  await page.close();
  edge.recover();
});

afterAll(async () => {
  await browser.close();
  await edge.close();
  app.close();
});

test.each([
  ["521", {}, "The shop cannot be reached (521)."],
  ["525", {}, "The shop cannot be reached (525)."],
  ["cut", { after: 10 }, "The answer broke off."],
])("after %s the page says so, names the ray, and recovers", async (fault, more, reason) => {
  await edge.inject(fault, { match: { path: "/api/*" }, ...more });

  await page.goto(edge.url);
  await page.getByRole("alert").waitFor();
  const said = await page.locator("#reason").textContent();
  const ray = (await page.locator("#ray").textContent()) ?? "";
  edge.recover();
  await page.getByRole("button", { name: "Try again" }).click();
  await page.getByText("2 cups").waitFor();

  expect(said).toBe(reason);
  expect(edge.exchanges({ ray })).toMatchObject([{ path: "/api/orders" }]);
  expect(await page.locator("li").allTextContents()).toEqual(orders);
  expect(await page.getByRole("alert").isVisible()).toBe(false);
});
