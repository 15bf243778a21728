// The site's own error page, looked at in a browser for every code that it is for, without breaking an origin.

import { fileURLToPath } from "node:url";

import { codes } from "edgecase/codes";
import { type Edgecase, startEdgecase } from "edgecase/testing";
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";

/** Those of the class `5xx`. 500, 501 and 503 have the edge's own page. */
const ofThePage = Object.keys(codes).filter((code) => /^50[24]$|^52\d$/.test(code));

let browser: Browser;
let edge: Edgecase;
let page: Page;

beforeAll(async () => {
  edge = await startEdgecase({
    origin: "http://127.0.0.1:9", // Nothing listens there.
    zone: { errorPages: { "5xx": fileURLToPath(new URL("5xx.html", import.meta.url)) } },
    errors: { pages: "sanitized" },
  });
  browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox"] });
  page = await browser.newPage({ viewport: { width: 320, height: 640 } });
}, 60_000);

afterAll(async () => {
  await browser.close();
  await edge.close();
});

/** What of a page is to be right, whatever the code. */
async function look(path: string) {
  const response = await page.goto(edge.url + path);
  const text = await page.locator("main").innerText();
  return {
    status: response?.status(),
    heading: await page.getByRole("heading").first().innerText(),
    ray: await page.locator("#ray").innerText(),
    tokensLeft: text.match(/::\w+::/g),
    namesItsCode: text.includes(`Error code: ${response?.status()}`),
    isTooWide: await page.evaluate("document.documentElement.scrollWidth > innerWidth"),
  };
}

const asItShouldBe = {
  heading: "The shop is closed for a moment",
  ray: expect.stringMatching(/^[0-9a-f]{16}$/),
  tokensLeft: null,
  namesItsCode: true,
  isTooWide: false,
};

test.each(ofThePage)("the preview of %s is the site's own page, filled in", async (code) => {
  expect(await look(`/cdn-cgi/error/${code}`)).toEqual({ ...asItShouldBe, status: Number(code) });
});

test("an origin that is down has the same page, and its ray finds the failure", async () => {
  const seen = await look("/cart");

  expect(seen).toEqual({ ...asItShouldBe, status: 521 });
  expect(edge.exchanges({ ray: seen.ray })).toMatchObject([{ failure: "connection_refused" }]);
});

test("the page loads nothing from elsewhere", async () => {
  const asked: string[] = [];
  page.on("request", (request) => asked.push(new URL(request.url()).pathname));

  await page.goto(`${edge.url}/cdn-cgi/error/521`);

  expect(asked.filter((path) => path !== "/favicon.ico")).toEqual(["/cdn-cgi/error/521"]);
});
