// What a program has of a gateway, as types: the package's declarations are made of this and of the configuration's.

import type { FaultRequest, FaultView } from "./admin/fault-schemas.ts";
import type { SettingsRequest, SettingsView, Summary } from "./admin/schemas.ts";
import type { ConfigProblem } from "./config/config-error.ts";
import type { ConfigFile } from "./config/schema.ts";
import type { ExchangeFilter } from "./record/exchange-filter.ts";
import type { ReloadOutcome } from "./reload/reload-outcome.ts";

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
