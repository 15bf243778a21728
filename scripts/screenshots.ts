// `npm run screenshots`: makes the pictures of docs/screenshots/, of the built demo after a minute of traffic, in a real Chromium.

import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, statSync } from "node:fs";
import { request } from "node:http";
import { createServer, type AddressInfo } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";

import { chromium, type Page } from "playwright-core";

const root = new URL("..", import.meta.url);
const folder = fileURLToPath(new URL("docs/screenshots/", root));

/** How long there is traffic before the first picture, in milliseconds. */
const trafficMs = 75_000;

/** How long a page may take to show what was clicked, in milliseconds. */
const settleMs = 2_000;

/** No picture may be larger, in bytes: they are part of the repository. */
const mostBytes = 200_000;

/** Broken origins of the demo, the more frequent ones several times. */
const broken = [
  "refused",
  "expired",
  "closes-silently",
  "refused",
  "postgres",
  "nxdomain",
  "expired",
  "never-answers",
  "refused",
  "self-signed",
  "wrong-host",
  "plain-http-on-tls-port",
];
const paths = ["/", "/cart", "/api/orders/81", "/products/17", "/login"];

const [http, admin] = await Promise.all([freePort(), freePort()]);
const demo = await startDemo();
const browser = await chromium.launch({
  executablePath: "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu"],
});
try {
  mkdirSync(folder, { recursive: true });
  await takeAll();
} finally {
  await browser.close();
  demo.kill();
}

async function takeAll(): Promise<void> {
  // The counts begin when somebody looks.
  const light = await open("light", adminUrl());
  const dark = await open("dark", adminUrl());
  await traffic(trafficMs);
  await take("dashboard-light", light);
  await take("dashboard-dark", dark);
  await ask("expired.localhost", "/cart");
  await light.locator("a.what", { hasText: "expired.localhost/cart" }).first().click();
  await traffic(settleMs);
  await take("dashboard-details", light);
  await takeFaults(light);
  const expired = `http://expired.localhost:${http}/`;
  await take("demo-index", await open("light", `http://localhost:${http}/`));
  await take("error-page-verbose", await open("light", expired));
  await tell({ pages: "sanitized", codes: "generic" });
  await take("error-page-sanitized", await open("light", expired));
}

/** Faults in force, with what they have done so far. */
async function takeFaults(page: Page): Promise<void> {
  const zone = "good.localhost";
  await inject({ fault: "525", zone, match: { path: "/api/*" }, rate: 0.5, for: "10m" });
  await inject({ fault: "cut", zone, match: { path: "/cart" }, count: 100 });
  await page.keyboard.press("Escape");
  await page.keyboard.press("f");
  // The list stands still for those who have scrolled down, as the focus has.
  await page.evaluate("document.querySelector('.scroller').scrollTo(0, 0)");
  await traffic(settleMs * 4);
  await take("dashboard-faults", page);
  await fetch(`${adminUrl()}api/faults`, { method: "DELETE" });
}

async function open(colorScheme: "light" | "dark", url: string): Promise<Page> {
  const page = await browser.newPage({ colorScheme, viewport: { width: 1_280, height: 800 } });
  await page.goto(url);
  return page;
}

async function take(name: string, page: Page): Promise<void> {
  const path = `${folder}${name}.png`;
  await page.screenshot({ path });
  const { size } = statSync(path);
  process.stderr.write(`${name}.png: ${Math.round(size / 1_000)} kB\n`);
  if (size > mostBytes) throw new Error(`${name}.png is too large`);
}

/** What a site in trouble looks like: mostly fine, with now one failure and now another. */
async function traffic(forMs: number): Promise<void> {
  const until = performance.now() + forMs;
  for (let turn = 0; performance.now() < until; turn++) {
    const swell = Math.sin(turn / 25) + 1;
    for (let count = 0; count < 1 + swell; count++)
      void ask("good.localhost", paths[(turn + count) % paths.length]);
    if (turn % 2 === 0)
      void ask(`${broken[(turn / 2) % broken.length]}.localhost`, paths[turn % 5]);
    if (turn % 40 === 0) void ask("nobody.example");
    // oxlint-disable-next-line no-await-in-loop -- The pace of the traffic.
    await pause(150);
  }
}

/** Asks the gateway, and lets its answer be. */
function ask(host: string, path = "/"): Promise<void> {
  return new Promise((resolve) => {
    const headers = { host, accept: "text/html" };
    const req = request({ port: http, path, headers }, (res) => {
      res.resume();
      res.on("error", () => {});
      resolve();
    });
    req.on("error", () => resolve());
    req.end();
  });
}

function tell(change: object): Promise<void> {
  return order("PATCH", "settings", change);
}

function inject(fault: object): Promise<void> {
  return order("POST", "faults", fault);
}

async function order(method: string, path: string, body: object): Promise<void> {
  const headers = { "content-type": "application/json" };
  const address = `${adminUrl()}api/${path}`;
  const { ok, status } = await fetch(address, { method, headers, body: JSON.stringify(body) });
  if (!ok) throw new Error(`${method} ${path} was answered with ${status}`);
}

function adminUrl(): string {
  return `http://localhost:${admin}/`;
}

/** The demo as it is built, once it answers. */
async function startDemo(): Promise<ChildProcess> {
  const command = fileURLToPath(new URL("dist/src/cli.js", root));
  const ports = ["--port", String(http), "--admin-port", String(admin), "--https-port", "false"];
  const child = spawn(process.execPath, [command, ...ports, "--log-level", "error"], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  let said = "";
  await new Promise<void>((resolve, reject) => {
    child.stderr.setEncoding("utf8").on("data", (piece: string) => {
      said += piece;
      if (said.includes("is the dashboard")) resolve();
    });
    child.once("exit", () => reject(new Error(`the demo does not start: ${said}`)));
  });
  return child;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => {
    server.close(resolve);
  });
  return port;
}
