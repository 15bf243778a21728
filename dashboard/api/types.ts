// What the admin port sends, as far as the dashboard reads it.

import type { FailureType, Phase } from "../../edge-codes/index.ts";

/** One exchange in a list: the access line's keys and values. Milliseconds, and null where there was no such step. */
export interface Summary {
  readonly seq: number;
  readonly ray: string;
  /** Milliseconds since the epoch. */
  readonly time: number;
  /** Empty for a host that no zone has. */
  readonly zone: string;
  readonly method: string;
  readonly host: string;
  readonly path: string;
  readonly protocol: string;
  readonly scheme: string;
  /** What the client got; 499 if it left first. */
  readonly status: number;
  /** The detailed code, whatever the client was told. */
  readonly code: number | null;
  readonly failure: FailureType | null;
  readonly reason: string | null;
  readonly phase: Phase | null;
  /** The failure came after the head had left. */
  readonly late: boolean;
  readonly origin: string;
  readonly originIp: string;
  /** 0 where the edge answered by itself. */
  readonly originStatus: number;
  /** The request went over a kept connection. */
  readonly reused: boolean;
  readonly retries: number;
  /** The failure was made on purpose. */
  readonly injected?: boolean | string | null;
  readonly dnsMs: number | null;
  readonly tcpMs: number | null;
  readonly tlsMs: number | null;
  readonly responseMs: number | null;
  readonly totalMs: number;
  readonly requestBytes: number;
  readonly responseBytes: number;
  readonly client: string;
}

/** One way to look for a cause by hand. */
export interface Check {
  readonly text: string;
  readonly command?: string;
}

/** An earlier try of the same request, at this origin or another. */
export interface Attempt {
  readonly origin: string;
  readonly failure: string;
  readonly reason: string | null;
  readonly detail: string;
}

/** One exchange whole. What explains a failure is empty where nothing failed. */
export interface WholeExchange extends Summary {
  readonly title: string | null;
  readonly detail: string | null;
  readonly whatHappened: string | null;
  readonly likelyCauses: readonly string[];
  readonly howToCheck: readonly Check[];
  readonly howToFix: readonly string[];
  /** The request line; empty where the edge answered without an origin. */
  readonly steps: readonly {
    readonly step: string;
    readonly state: "ok" | "broken" | "refused" | "unreached" | "skipped";
    /** A duration, or why there is none. */
    readonly note: string;
  }[];
  readonly evidence: Readonly<Record<string, string>>;
  readonly certificate: Readonly<Record<string, unknown>> | null;
  readonly attempts: readonly Attempt[];
}

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

/** What clients are told. */
export interface Told {
  readonly codes: "detailed" | "generic";
  readonly pages: "verbose" | "sanitized";
  readonly profile: string;
}

/** The settings in force, of the gateway and of each zone. */
export interface Settings extends Told {
  readonly profiles: readonly string[];
  readonly zones: readonly (Told & { readonly zone: string })[];
}

/** One origin and how it stands. Without pools there is no more than its name. */
export interface OriginState {
  readonly origin: string;
  readonly address?: string | null;
  readonly state?: string;
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

/** A zone as `/api/zones` has it. */
export interface ZoneFacts extends Told {
  readonly zone: string;
  readonly hosts: readonly string[];
  readonly ssl: string;
  readonly origins: readonly (OriginState & { readonly pool?: string })[];
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
