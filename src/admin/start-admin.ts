// Beside a gateway that has started: the admin server with its dashboard, loaded only where there is to be one.

import type { GatewayConfig } from "../config/gateway-config.ts";
import type { AdminOptions } from "./server.ts";
import type { AdminSubject } from "./subject.ts";

/** An admin server that listens. */
export interface StartedAdmin {
  readonly port: number;
  close(): Promise<void>;
}

/** Resolves with null where the configuration wants none. Rejects with the system's error if its port cannot be had. */
export async function startAdmin(
  config: GatewayConfig["admin"],
  subject: AdminSubject,
  options: Omit<AdminOptions, "addFiles">,
): Promise<StartedAdmin | null> {
  if (config.port === false) return null;
  const [{ AdminServer }, { addDashboard }] = await Promise.all([
    import("./server.ts"),
    import("./dashboard-files.ts"),
  ]);
  const server = new AdminServer(config, subject, {
    ...options,
    addFiles: (app) => addDashboard(app),
  });
  try {
    const port = await server.start();
    return port === false ? null : { port, close: () => server.close() };
  } catch (error) {
    await server.close();
    throw error;
  }
}
