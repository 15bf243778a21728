// The dashboard as people get it: built, and served by the admin port of a real gateway in front of a few broken origins.

import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

import { pino } from "pino";

import { addDashboard } from "../../src/admin/dashboard-files.ts";
import { AdminServer } from "../../src/admin/server.ts";
import { type FixtureGatewayOptions, startGateway, type ZooGateway } from "./gateway.ts";

/** A gateway whose dashboard can be looked at. */
export interface TestDashboard extends AsyncDisposable {
  readonly gateway: ZooGateway;
  /** The dashboard's address, with a slash at its end. */
  readonly url: string;
}

/** Builds the dashboard into `dist/`. Throws if that fails. */
export function buildDashboard(): void {
  const { status, stderr } = spawnSync("npx", ["vite", "build", "--logLevel", "error"], {
    cwd: fileURLToPath(new URL("../..", import.meta.url)),
    env: { ...process.env, NODE_ENV: "production" },
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(`the dashboard cannot be built: ${stderr}`);
}

/** Starts a gateway and its admin server. */
export async function startDashboard(options: FixtureGatewayOptions): Promise<TestDashboard> {
  const gateway = await startGateway({ ...options, admin: { port: 0, ...options.admin } });
  const admin = new AdminServer(gateway.gateway.config.admin, gateway.gateway, {
    isReady: () => true,
    messages: pino({ level: "silent" }),
    addFiles: (app) => addDashboard(app),
  });
  const port = await admin.start();
  return {
    gateway,
    url: `http://127.0.0.1:${String(port)}/`,
    async [Symbol.asyncDispose]() {
      await admin.close();
      await gateway.close();
    },
  };
}
