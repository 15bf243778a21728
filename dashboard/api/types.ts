// What the admin port sends, as far as the dashboard reads it: for the most part the types of its own schemas.

import type { FaultNames as FaultNameList, FaultView } from "../../src/admin/fault-schemas.ts";
import type {
  ExchangeView,
  SettingsView,
  Summary as SummaryView,
  ZoneView,
} from "../../src/admin/schemas.ts";

/** One exchange in a list. */
export type Summary = SummaryView;

/** One exchange whole. */
export type WholeExchange = ExchangeView;

/** The settings in force, of the gateway and of each zone. */
export type Settings = SettingsView;

/** A zone as `/api/zones` has it. */
export type ZoneFacts = ZoneView;

/** A fault in force. */
export type Fault = FaultView;

/** Faults in force. */
export interface FaultList {
  readonly faults: readonly Fault[];
}

/** What can be injected, by name. */
export type FaultNames = FaultNameList;

/** What clients are told. */
export type Told = Pick<Settings, "codes" | "pages" | "profile">;

/** A list of exchanges. */
export interface ExchangeList {
  readonly exchanges: readonly Summary[];
  readonly oldest: number | null;
  /** From this `seq` on none is missing. */
  readonly completeFrom: number;
}

/** The gateway itself. */
export interface GatewayFacts {
  readonly version: string;
  readonly http: number | null;
}

/** One way to look for a cause by hand. */
export type Check = WholeExchange["howToCheck"][number];

/** One second in numbers; every request counts, whether it was listed or not. */
export interface Tick {
  readonly time: number;
  readonly requests: number;
  /** How many of them were sent as `exchange` events. */
  readonly shown: number;
  readonly statuses: Readonly<Record<string, number>>;
  readonly codes: Readonly<Record<string, number>>;
  readonly failures: Readonly<Record<string, number>>;
}

/** One origin and how it stands. Without pools there is no more than its name. */
export interface OriginState {
  readonly origin: string;
  readonly address?: string | null;
  readonly state?: string;
  /** When it was last checked; null if nobody checks it. */
  readonly checkedAt?: string | null;
  readonly share?: number | null;
  readonly outstanding?: number;
  readonly failure?: string | null;
  readonly reason?: string | null;
  readonly detail?: string | null;
}

/** A pool of a zone. */
export interface PoolState {
  readonly pool: string;
  readonly state?: string;
  readonly steering?: string;
  readonly origins: readonly OriginState[];
}

/** A zone with its pools. */
export interface ZonePools {
  readonly zone: string;
  readonly pools: readonly PoolState[];
}

/** What a code, a failure type or a reason means. */
export interface Entry {
  readonly kind: string;
  readonly name: string;
  readonly title: string;
  readonly facts: Readonly<Record<string, string>>;
  readonly explanation: {
    readonly whatHappened: string;
    readonly likelyCauses: readonly string[];
    readonly howToCheck: readonly Check[];
    readonly howToFix: readonly string[];
  } | null;
}
