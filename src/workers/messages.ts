// What the primary process and its workers say to one another. Everything here is plain values: they are copied on their way.

import type { ExchangeList, ExchangeQuery } from "../admin/exchange-source.ts";
import type { Passed } from "../admin/exchange-feed.ts";
import type { Page } from "../admin/exchange-pages.ts";
import type { ExchangeView } from "../admin/schemas.ts";
import type { CapacityNumbers } from "../capacity/capacity.ts";
import type { OriginLoad } from "../exchange/origin.ts";
import type { BrokenOrigin } from "../inject/broken-origins.ts";
import type { SharedRule } from "../inject/injection.ts";
import type { SharedCa } from "../listen/local-ca.ts";
import type { AffinityState } from "../pick/affinity.ts";
import type { StandingState, Trouble } from "../pick/standing.ts";
import type { CountsReport } from "../record/counts-report.ts";
import type { ExchangeFilter } from "../record/exchange-filter.ts";
import type { SettingsState } from "../settings.ts";
import type { PackedConfig } from "./packed-config.ts";

/** Which origin is meant, in words that every process understands. */
export interface OriginKey {
  readonly zone: string;
  readonly pool: string;
  readonly origin: string;
  /** Empty where the origin stands for every address of its name. */
  readonly address: string;
}

/** How an origin stands. */
export interface SharedStanding extends OriginKey {
  readonly state: StandingState;
}

/** What an origin has under way in one worker. */
export interface SharedLoad extends OriginKey {
  readonly load: OriginLoad;
}

/** What one worker has to do. */
export interface WorkerNumbers extends CapacityNumbers {
  readonly loads: readonly SharedLoad[];
}

/** A client that belongs to an origin by its address. */
export interface SharedBinding {
  readonly zone: string;
  readonly address: string;
  readonly originId: string;
}

/** What may change while a configuration is in force. What is left out has not. */
export interface Shared {
  readonly settings?: SettingsState;
  readonly rules?: readonly SharedRule[];
  readonly standings?: readonly SharedStanding[];
  readonly bindings?: readonly SharedBinding[];
  /** Where this gateway listens, its admin port included; see OwnAddresses. */
  readonly own?: readonly string[];
}

/** A configuration, and all that has changed since it was read. */
export interface SharedEdition extends Shared {
  readonly config: PackedConfig;
}

/** All that a new worker needs to know. */
export interface Start {
  /** Its place among the workers, from 0. */
  readonly index: number;
  readonly edition: SharedEdition;
  /** By zone. */
  readonly affinities: ReadonlyMap<string, AffinityState>;
  readonly sessionKey: Uint8Array;
  /** Null without HTTPS. */
  readonly ca: SharedCa | null;
  /** When the primary began, in milliseconds since the epoch. */
  readonly begunAt: number;
  /** Who looks on. */
  readonly readers: readonly (readonly [reader: number, filter: ExchangeFilter])[];
}

/** What has been recorded since the last report. */
export interface Report {
  /** Counts up from 1, for each worker. */
  readonly number: number;
  /** Access lines, each with its end, and how many. */
  readonly text: string;
  readonly lines: number;
  readonly dropped: number;
  readonly sampledOut: number;
  /** Connections of clients that were closed unanswered. */
  readonly droppedConnections: number;
  readonly counts: readonly CountsReport[];
}

/** What a worker has noticed in one turn of its event loop. */
export interface Notices {
  /** Requests that count against an origin: how many, and what the last one met. */
  readonly failed: readonly (OriginKey & { readonly count: number; readonly trouble: Trouble })[];
  readonly bound: readonly SharedBinding[];
  /** Certificates that origins have shown: when they end, in milliseconds since the epoch. */
  readonly certificates: readonly (OriginKey & { readonly expiresAt: number })[];
}

/** What a worker does when the primary calls. */
export interface WorkerCalls {
  /** Resolves when it takes requests. */
  start(start: Start): Promise<void>;
  reload(edition: SharedEdition): Promise<void>;
  share(shared: Shared): Promise<void>;
  /** Reports, and then answers with what is under way. */
  gather(): Promise<WorkerNumbers>;
  list(query: ExchangeQuery): Promise<ExchangeList>;
  view(ray: string): Promise<ExchangeView | null>;
  page(ray: string): Promise<Page | null>;
  open(reader: number, filter: ExchangeFilter): void;
  shut(reader: number): void;
  /** Takes no new requests; resolves when those under way have ended, or the grace is over, and all is reported. */
  close(graceMs: number): Promise<void>;
}

/** What the primary does when a worker calls. */
export interface PrimaryCalls {
  /** The worker's program is there: it can be started. */
  loaded(): void;
  report(report: Report): void;
  notice(notices: Notices): void;
  passed(passed: Passed): void;
  decide(ids: readonly string[]): string | null;
  broken(name: string): Promise<BrokenOrigin>;
  /** Something is wrong with the worker itself: it ends as soon as what it has under way does. */
  failing(): void;
}
