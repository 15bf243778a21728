// The pages in a real browser: no script, no outside request, nothing for axe to find, readable at 320 pixels.

import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { codes } from "../../edge-codes/index.ts";
import { indexPage } from "../../src/demo/index-page.ts";
import { fixtures } from "../../fixtures/index.ts";
import { lookAt, startBrowser } from "../helpers/browser.ts";
import { startGateway, type ZooGateway } from "../helpers/gateway.ts";
import { startOrigin } from "../helpers/origin.ts";
import { startGatewayOn } from "../helpers/gateway.ts";

const faults = ["expired", "postgres", "nxdomain"];
let browser: Browser;
let gateway: ZooGateway;

beforeAll(async () => {
  gateway = await startGateway({ fixtures: faults });
  browser = await startBrowser();
}, 60_000);

afterAll(async () => {
  await browser.close();
  await gateway.close();
});

interface View {
  readonly colorScheme: "light" | "dark";
  readonly width: number;
}

const pages = new Map<View, Page>();

/** What axe finds on a page, and whether the page is wider than its window. */
async function look(url: string, view: View) {
  const { colorScheme, width } = view;
  const viewport = { width, height: 800 };
  const page =
    pages.get(view) ??
    (await (await browser.newContext({ colorScheme, viewport, bypassCSP: true })).newPage());
  pages.set(view, page);
  await page.goto(url);
  return lookAt(page);
}

const views: View[] = [
  { colorScheme: "light", width: 1000 },
  { colorScheme: "dark", width: 320 },
];

describe.each(views)("seen %j", (view) => {
  test.each(faults)("the verbose page of %s has nothing for axe to find and fits", async (name) => {
    expect(await look(`http://${name}.test:${gateway.port}/`, view)).toEqual({
      violations: [],
      isTooWide: false,
    });
  });

  test.each(Object.keys(codes))("so has the page of %s", async (code) => {
    const url = `http://nxdomain.test:${gateway.port}/cdn-cgi/error/${code}`;

    expect(await look(url, view)).toEqual({ violations: [], isTooWide: false });
  });

  test("so has the sanitized page", async () => {
    await using hiding = await startGatewayOn({
      errors: { pages: "sanitized" },
      zones: [{ hosts: ["*"], origins: ["http://127.0.0.1:9"] }],
    });

    expect(await look(`http://any.test:${hiding.port}/`, view)).toEqual({
      violations: [],
      isTooWide: false,
    });
  });

  test("so has the demo's index", async () => {
    const page = Buffer.from(
      indexPage(fixtures, {
        authority: "localhost:8080",
        errors: gateway.gateway.settings.errors,
        dashboardUrl: "http://localhost:8081/",
      }),
    );
    await using origin = await startOrigin((socket) => {
      socket.write(
        `HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: ${page.length}\r\n\r\n`,
      );
      socket.write(page);
    });
    await using demo = await startGatewayOn({ zones: [{ hosts: ["*"], origins: [origin.url] }] });

    expect(await look(`http://any.test:${demo.port}/`, view)).toEqual({
      violations: [],
      isTooWide: false,
    });
  });
});

test("a page asks for nothing else, breaks no rule of its own policy, and needs no script", async () => {
  const context = await browser.newContext({ javaScriptEnabled: false });
  const page = await context.newPage();
  const requests: string[] = [];
  const complaints: string[] = [];
  page.on("request", (request) => requests.push(new URL(request.url()).pathname));
  page.on("console", (message) => complaints.push(message.text()));

  const response = await page.goto(`http://expired.test:${gateway.port}/`);

  expect(response?.status()).toBe(526);
  expect(await page.title()).toBe("526: Invalid SSL certificate");
  expect(await page.getByRole("heading", { level: 1 }).count()).toBe(1);
  expect(requests.filter((path) => path !== "/favicon.ico")).toEqual(["/"]);
  expect(complaints.filter((text) => !text.includes("526"))).toEqual([]);
  await context.close();
});
