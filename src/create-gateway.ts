// A gateway for programs: the configuration of a file, and what the admin API tells and takes, as calls.

import { type Logger, pino } from "pino";

import { addFault, viewFault } from "./admin/faults.ts";
import type { FaultRequest, FaultView } from "./admin/fault-schemas.ts";
import { applyChange, malformationOf } from "./admin/apply-change.ts";
import { summarise } from "./admin/exchange-views.ts";
import type { SettingsRequest, SettingsView, Summary } from "./admin/schemas.ts";
import type { AdminServer } from "./admin/server.ts";
import { viewSettings } from "./admin/views.ts";
import { ConfigError, type ConfigProblem } from "./config/config-error.ts";
import type { GatewayConfig } from "./config/gateway-config.ts";
import { checkConfig, readConfigFile } from "./config/read-file.ts";
import { resolveConfig } from "./config/resolve.ts";
import type { ConfigFile } from "./config/schema.ts";
import { Gateway } from "./gateway.ts";
import type { ExchangeFilter } from "./record/recent-exchanges.ts";
import type { ReloadOutcome } from "./record/reload-record.ts";

/** Where a gateway's lines go, and what it keeps. */
export interface GatewayOptions {
  /** Takes the access log, a line with its end at a time; left out, none is written. */
  readonly accessLog?: (line: string) => void;
  /** Takes what the gateway says of itself, a line of JSON with its end at a time; left out, it says nothing. */
  readonly messages?: (line: string) => void;
  /** Keeps the exchanges of late, for `exchanges()`; by default only where there is an admin port, which tells of them, too. */
  readonly keepExchanges?: boolean;
}

/** One value for each way in; null where it is switched off, or not open yet. */
export interface Doors<T> {
  readonly http: T | null;
  readonly https: T | null;
  readonly admin: T | null;
}

/** A gateway that a program starts, asks, changes and closes. */
export interface EdgeGateway extends AsyncDisposable {
  /** The ports taken, once it has started. */
  readonly ports: Doors<number>;
  /** Where it is reached, such as `http://127.0.0.1:8080`, without a slash at the end. */
  readonly urls: Doors<string>;
  /** PEM of the local CA, for clients that shall trust it; null before the start, and without HTTPS. */
  readonly caPem: string | null;
  /** The settings in force, as GET /api/settings has them. */
  readonly settings: SettingsView;
  /** What is doubtful in the configuration, although it can be used. */
  readonly warnings: readonly ConfigProblem[];
  /** Listens. Rejects with the system's error if a port cannot be had. */
  start(): Promise<void>;
  /** Changes settings, as PATCH /api/settings does. Throws {@link ConfigError}, and changes nothing, if that cannot be. */
  set(change: SettingsRequest): void;
  /**
   * Puts another configuration in force, or reads anew the one that it was made of. Rejects with {@link ConfigError}, and goes on
   * with the one in force, if it cannot be used.
   */
  reload(config?: ConfigFile | string): Promise<ReloadOutcome>;
  /**
   * Puts a fault in the way of requests, as POST /api/faults does. Rejects with {@link ConfigError} if it cannot be had.
   * Without `for` and `count` it stays until it is cleared.
   */
  inject(fault: FaultRequest): Promise<FaultView>;
  /** The faults that can still happen, as GET /api/faults has them. */
  readonly faults: readonly FaultView[];
  /** Clears a fault by its id, or all of them. */
  clearFaults(id?: string): void;
  /** The exchanges of late that have every value named, newest first, as GET /api/exchanges has them. */
  exchanges(filter?: ExchangeFilter): Summary[];
  /**
   * The value of a metric's sample, by the name and labels that it is scraped with; several that have these labels add up. 0 if
   * there is none yet. Rejects with a RangeError if there is no such metric.
   */
  metric(name: string, labels?: Readonly<Record<string, string>>): Promise<number>;
  /** Refuses new connections, lets what is under way end for up to `graceMs` (0), and closes every connection. */
  close(graceMs?: number): Promise<void>;
}

/**
 * Makes a gateway of a configuration, or of the path of a file with one. It does not listen yet.
 *
 * Throws {@link ConfigError} with every problem: where it stands, the rule, and the value found. Relative paths start at the
 * file's folder, or else at the current one. The environment's EDGECASE_… variables do not count.
 */
export function createGateway(
  config: ConfigFile | string,
  options: GatewayOptions = {},
): EdgeGateway {
  return new ProgramGateway(config, options);
}

class ProgramGateway implements EdgeGateway {
  ports: Doors<number> = { http: null, https: null, admin: null };
  readonly #options: GatewayOptions;
  readonly #gateway: Gateway;
  readonly #messages: Logger;
  #source: ConfigFile | string;
  #admin: AdminServer | null = null;
  #closing: Promise<void> | null = null;

  constructor(source: ConfigFile | string, options: GatewayOptions) {
    this.#source = source;
    this.#options = options;
    const config = completed(source);
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
      this.ports = { ...this.ports, admin: await this.#startAdmin() };
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
    const outcome = await this.#gateway.reload(this.#heard(completed(source)), startedAt);
    this.#source = source;
    return outcome;
  }

  exchanges(filter: ExchangeFilter = {}): Summary[] {
    return [...this.#gateway.recent.search(filter)].map(summarise);
  }

  async metric(name: string, labels: Readonly<Record<string, string>> = {}): Promise<number> {
    const value = await this.#gateway.metrics.valueOf(name, labels);
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

  /** Loaded when it is wanted: tests do without. */
  async #startAdmin(): Promise<number | null> {
    const { config } = this.#gateway;
    if (config.admin.port === false) return null;
    const [{ AdminServer: Admin }, { addDashboard }] = await Promise.all([
      import("./admin/server.ts"),
      import("./admin/dashboard-files.ts"),
    ]);
    this.#admin = new Admin(config.admin, this.#gateway, {
      isReady: () => this.#closing === null,
      messages: this.#messages,
      addFiles: (app) => addDashboard(app),
    });
    const port = await this.#admin.start();
    return port === false ? null : port;
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

/** What a program hands over is copied: it may go on to change it, for a reload. */
function completed(source: ConfigFile | string): GatewayConfig {
  if (typeof source === "string") return resolveConfig(readConfigFile(source), source);
  const config = structuredClone(checkConfig(source, null, noLine));
  return resolveConfig({ config, lineOf: noLine }, null);
}

/** Objects have no lines. */
function noLine(): undefined {
  return undefined;
}

function ignore(): void {
  // Nobody wants to hear it.
}

function urlOf(scheme: string, host: string, port: number | null): string | null {
  if (port === null) return null;
  return `${scheme}://${host.includes(":") ? `[${host}]` : host}:${port}`;
}
