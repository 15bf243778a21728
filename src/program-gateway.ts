// What programs have of a gateway: what the admin API tells and takes, as calls. It reads no files: whoever makes it may.

import { type Logger, pino } from "pino";

import { addFault, viewFault } from "./admin/faults.ts";
import type { FaultRequest, FaultView } from "./admin/fault-schemas.ts";
import { applyChange, malformationOf } from "./admin/apply-change.ts";
import { summarise } from "./admin/exchange-views.ts";
import type { SettingsRequest, SettingsView, Summary } from "./admin/schemas.ts";
import { startAdmin, type StartedAdmin } from "./admin/start-admin.ts";
import { viewSettings } from "./admin/views.ts";
import { checkConfig, noLine } from "./config/check-config.ts";
import { ConfigError, type ConfigProblem } from "./config/config-error.ts";
import type { GatewayConfig } from "./config/gateway-config.ts";
import { resolveConfig } from "./config/resolve.ts";
import type { ConfigFile } from "./config/schema.ts";
import type { Doors, EdgeGateway, GatewayOptions } from "./edge-gateway.ts";
import { Gateway } from "./gateway.ts";
import type { ExchangeFilter } from "./record/exchange-filter.ts";
import type { ReloadOutcome } from "./reload/reload-outcome.ts";

/** Completes a configuration, wherever it is. Throws {@link ConfigError} if it cannot be used. */
export type ReadSource = (source: ConfigFile | string) => GatewayConfig;

/** Completes a configuration, and copies it: a program may go on to change what it handed over, for a reload. */
export function completed(source: ConfigFile): GatewayConfig {
  const config = structuredClone(checkConfig(source, null, noLine));
  return resolveConfig({ config, lineOf: noLine }, null);
}

/** The gateway behind `createGateway` and `startEdgecase`. */
export class ProgramGateway implements EdgeGateway {
  ports: Doors<number> = { http: null, https: null, admin: null };
  readonly #options: GatewayOptions;
  readonly #gateway: Gateway;
  readonly #messages: Logger;
  readonly #read: ReadSource;
  #source: ConfigFile | string;
  #admin: StartedAdmin | null = null;
  #closing: Promise<void> | null = null;

  constructor(source: ConfigFile | string, read: ReadSource, options: GatewayOptions) {
    this.#source = source;
    this.#read = read;
    this.#options = options;
    const config = read(source);
    const { accessLog = ignore, messages = ignore, keepExchanges } = options;
    const level = options.messages === undefined ? "silent" : config.log.level;
    this.#messages = pino({ level, base: null }, { write: messages });
    const lines = { write: accessLog };
    this.#gateway = new Gateway(this.#heard(config), lines, this.#messages, {
      canBeAsked: keepExchanges,
    });
  }

  get urls(): Doors<string> {
    const { listen, admin } = this.#gateway.config;
    return {
      http: urlOf("http", listen.host, this.ports.http),
      https: urlOf("https", listen.host, this.ports.https),
      admin: urlOf("http", admin.host, this.ports.admin),
    };
  }

  get caPem(): string | null {
    return this.#gateway.caPem;
  }

  get settings(): SettingsView {
    return viewSettings(this.#gateway);
  }

  get warnings(): readonly ConfigProblem[] {
    return this.#gateway.config.warnings;
  }

  async start(): Promise<void> {
    try {
      this.ports = { ...(await this.#gateway.start()), admin: null };
      this.#admin = await startAdmin(this.#gateway.config.admin, this.#gateway, {
        isReady: () => this.#closing === null,
        messages: this.#messages,
      });
      this.ports = { ...this.ports, admin: this.#admin?.port ?? null };
    } catch (error) {
      await this.close();
      throw error;
    }
  }

  set(change: SettingsRequest): void {
    const problem = malformationOf(change) ?? applyChange(change, this.#gateway);
    if (problem !== null) throw new ConfigError(null, [problem]);
  }

  get faults(): readonly FaultView[] {
    return this.#gateway.injection.rules.map(viewFault);
  }

  async inject(fault: FaultRequest): Promise<FaultView> {
    const added = await addFault(fault, this.#gateway);
    if ("rule" in added) throw new ConfigError(null, [added]);
    return added;
  }

  clearFaults(id?: string): void {
    this.#gateway.injection.clear(id);
  }

  async reload(source: ConfigFile | string = this.#source): Promise<ReloadOutcome> {
    const startedAt = performance.now();
    const outcome = await this.#gateway.reload(this.#heard(this.#read(source)), startedAt);
    this.#source = source;
    return outcome;
  }

  exchanges(filter: ExchangeFilter = {}): Summary[] {
    return [...this.#gateway.recent.search(filter)].map(summarise);
  }

  async metric(name: string, labels: Readonly<Record<string, string>> = {}): Promise<number> {
    const value = this.#gateway.metrics.valueOf(name, labels);
    if (value === null) throw new RangeError(`there is no metric ${name}`);
    return value;
  }

  close(graceMs = 0): Promise<void> {
    this.#closing ??= this.#close(graceMs);
    return this.#closing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #close(graceMs: number): Promise<void> {
    await this.#gateway.close(graceMs);
    await this.#admin?.close();
  }

  /** Lines that nobody takes are not even made. */
  #heard(config: GatewayConfig): GatewayConfig {
    if (this.#options.accessLog !== undefined) return config;
    return { ...config, log: { ...config.log, level: "silent" } };
  }
}

function ignore(): void {
  // Nobody wants to hear it.
}

function urlOf(scheme: string, host: string, port: number | null): string | null {
  if (port === null) return null;
  return `${scheme}://${host.includes(":") ? `[${host}]` : host}:${port}`;
}
