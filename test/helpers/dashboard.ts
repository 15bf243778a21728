// The dashboard as people get it: built, and served by the admin port of a real gateway in front of a few broken origins.

import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

import { pino } from "pino";
import type { Browser, BrowserContextOptions, Locator, Page } from "playwright-core";
import { afterAll, beforeAll, expect } from "vitest";

import { addDashboard } from "../../src/admin/dashboard-files.ts";
import { AdminServer } from "../../src/admin/server.ts";
import { startBrowser } from "./browser.ts";
import { builtOnce } from "./built-once.ts";
import { type FixtureGatewayOptions, startGateway, type ZooGateway } from "./gateway.ts";
import { field } from "./raw-client.ts";

/** A gateway whose dashboard can be looked at. */
export interface TestDashboard extends AsyncDisposable {
  readonly gateway: ZooGateway;
  /** The dashboard's address, with a slash at its end. */
  readonly url: string;
  /** Asks the gateway for a page of a fixture's zone, and gives the ray ID of the answer. */
  ask(fixture: string, path?: string): Promise<string>;
}

/** The folder of the dashboard, built of its sources as they are. */
function dashboardFolder(): string {
  return builtOnce("dashboard", (folder) => {
    const { status, stderr } = spawnSync(
      "npx",
      ["vite", "build", "--logLevel", "error", "--outDir", folder],
      {
        cwd: fileURLToPath(new URL("../..", import.meta.url)),
        env: { ...process.env, NODE_ENV: "production" },
        encoding: "utf8",
      },
    );
    if (status !== 0) throw new Error(`the dashboard cannot be built: ${stderr}`);
  });
}

/** Starts a gateway and its admin server. */
export async function startDashboard(options: FixtureGatewayOptions): Promise<TestDashboard> {
  const folder = dashboardFolder();
  const gateway = await startGateway({ ...options, admin: { port: 0, ...options.admin } });
  const admin = new AdminServer(gateway.gateway.config.admin, gateway.gateway, {
    isReady: () => true,
    messages: pino({ level: "silent" }),
    addFiles: (app) => addDashboard(app, folder),
  });
  const port = await admin.start();
  return {
    gateway,
    url: `http://127.0.0.1:${String(port)}/`,
    async ask(fixture, path = "/") {
      const answer = await gateway.get(path, [
        ["Host", `${fixture}.test`],
        ["Accept", "text/html"],
      ]);
      return field(answer, "cf-ray") ?? "";
    },
    async [Symbol.asyncDispose]() {
      await admin.close();
      await gateway.close();
    },
  };
}

/** How to look; at the suite's dashboard, unless it says otherwise. */
interface View extends BrowserContextOptions {
  readonly url?: string;
}

/** What the tests of a file share. */
export interface DashboardSuite {
  readonly dashboard: TestDashboard;
  readonly browser: Browser;
  /** What a test does with a page of its own, which is closed afterwards. */
  readonly withPage: (view: View, use: (page: Page) => Promise<void>) => Promise<void>;
  /** Waits until the gateway's settings are so. */
  readonly changed: (wanted: object) => Promise<void>;
}

/** Has a dashboard in front of these fixtures, and a browser, before the tests of a file begin, and closes them after. */
export function useDashboard(fixtures: readonly string[]): DashboardSuite {
  let started: Pick<DashboardSuite, "dashboard" | "browser"> | null = null;
  const own = () => {
    if (started === null) throw new Error("the suite has not begun");
    return started;
  };
  beforeAll(async () => {
    const dashboard = await startDashboard({ fixtures });
    started = { dashboard, browser: await startBrowser() };
  }, 120_000);
  afterAll(async () => {
    await started?.browser.close();
    await started?.dashboard[Symbol.asyncDispose]();
  });
  return {
    get dashboard() {
      return own().dashboard;
    },
    get browser() {
      return own().browser;
    },
    withPage: (view, use) => lookWith(own().browser, { url: own().dashboard.url, ...view }, use),
    changed: (wanted) =>
      expect
        .poll(() => own().dashboard.gateway.gateway.settings.errors, { timeout: 5_000 })
        .toMatchObject(wanted),
  };
}

async function lookWith(
  browser: Browser,
  { url, ...options }: View & { readonly url: string },
  use: (page: Page) => Promise<void>,
): Promise<void> {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  try {
    await page.goto(url);
    await use(page);
  } finally {
    await context.close();
  }
}

/** Waits until the dashboard follows the stream. */
export function live(page: Page): Promise<void> {
  return page
    .getByRole("status")
    .filter({ hasText: /^Live$/ })
    .waitFor();
}

/** The link of an exchange in the list. */
export function rowOf(page: Page, ray: string): Locator {
  return page.locator(`a.what[data-ray="${ray}"]`);
}
