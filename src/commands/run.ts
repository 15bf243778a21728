// What every command that serves has in common: start the gateway and its admin server, say where, and end well.

import { type Logger, pino } from "pino";

import { startAdmin } from "../admin/start-admin.ts";
import type { GatewayConfig } from "../config/gateway-config.ts";
import { Gateway } from "../gateway.ts";
import { AccessLog } from "../record/log.ts";
import { endWell } from "./ending.ts";
import type { Primary } from "../workers/primary.ts";
import type { Reloader } from "./reloader.ts";

/** A gateway that runs until the process ends. */
export interface Running {
  readonly gateway: Gateway;
  /** Where it can be reached: plain HTTP first. */
  readonly urls: readonly string[];
  readonly adminUrl: string | null;
}

/** What else there is to run. */
export interface RunOptions {
  readonly reloader: Reloader;
  /** Reads the configuration anew. Rejects with ConfigError. */
  readonly load: () => Promise<GatewayConfig>;
  /** Closed after the gateway when the process ends. */
  readonly beside?: { close(): Promise<void> };
  /** Called with the gateway, and what waits until a change is in force, before it listens. */
  readonly prepare?: (gateway: Gateway, settled: () => Promise<void>) => void;
  /** How many processes take requests; null has this one take them. */
  readonly workers: number | null;
}

/** Starts serving. Rejects if a port cannot be had. */
export async function run(
  config: GatewayConfig,
  { reloader, load, beside, prepare, workers }: RunOptions,
): Promise<Running> {
  const { level } = config.log;
  const messages = pino({ level, base: null }, pino.destination({ dest: 2, sync: true }));
  const lines = new AccessLog(messages);
  const primary = workers === null ? null : await loadPrimary(workers, { lines, messages });
  const gateway = new Gateway(config, lines, messages, primary?.parts);
  primary?.serve(gateway);
  let isReady = false;
  prepare?.(gateway, async () => primary?.settled());
  const ports = await gateway.start();
  const admin = await startAdmin(config.admin, gateway, {
    isReady: () => isReady && primary?.isUp !== false,
    messages,
    crew: primary ?? undefined,
  });
  await reloader.start({ gateway, messages, load });
  isReady = true;

  endWell({
    gateway,
    messages,
    onBegin: () => {
      isReady = false;
    },
    before: [reloader],
    after: [admin, beside, lines].filter((part) => part !== null && part !== undefined),
  });
  return {
    gateway,
    urls: Object.entries(ports).flatMap(([scheme, port]) =>
      port === null ? [] : [`${scheme}://${hostOf(config.listen.host)}:${port}/`],
    ),
    adminUrl: admin === null ? null : `http://${hostOf(config.admin.host)}:${admin.port}/`,
  };
}

/** Few want it. */
async function loadPrimary(
  count: number,
  parts: { readonly lines: AccessLog; readonly messages: Logger },
): Promise<Primary> {
  const { Primary: First } = await import("../workers/primary.ts");
  return new First({ count, ...parts });
}

function hostOf(host: string): string {
  if (host === "127.0.0.1" || host === "::1") return "localhost";
  return host.includes(":") ? `[${host}]` : host;
}
