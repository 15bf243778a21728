// What the gateway runs on: the configuration complete, with files read and origins parsed. The clock may change while it runs,
// so that a zone's timeouts stand here as they are written.

import type ipaddr from "ipaddr.js";

import type { FailureType } from "../../edge-codes/failure-types.ts";
import type { NamedFault } from "../inject/fault.ts";
import type { OriginTargets } from "../connect/target.ts";
import type { ConfigProblem } from "./config-error.ts";
import type {
  Fields,
  Limits,
  Overload,
  ProfileFile,
  Shutdown,
  SslMode,
  Timeouts,
} from "./schema.ts";
import type { PageClass, Template } from "./template.ts";

/** A network: its address and how many bits of that count. */
export type Network = readonly [address: ipaddr.IPv4 | ipaddr.IPv6, bits: number];

/** What clients of a gateway or zone are told, ready to use. */
export interface ErrorSettings {
  readonly codes: "detailed" | "generic";
  readonly pages: "verbose" | "sanitized";
  /** The name of a profile that exists. */
  readonly profile: string;
  readonly reveal: Reveal;
}

/** Who sees the detail although the public does not. */
export interface Reveal {
  readonly cidrs: readonly Network[];
  readonly token: string | null;
}

/** What the access log has, and how it looks. */
export interface LogConfig {
  readonly level: "trace" | "debug" | "info" | "warn" | "error" | "fatal" | "silent";
  readonly format: "json" | "pretty";
  /** Share of the requests that went well, 0 to 1. */
  readonly sampleSuccesses: number;
  /** Lower case. */
  readonly requestFields: readonly string[];
  readonly responseFields: readonly string[];
  /** Pretty lines have colours. */
  readonly isColored: boolean;
}

/** One custom error rule: which responses it is for, and what takes the place of their content. */
export interface ErrorRule {
  readonly statuses: ReadonlySet<number>;
  readonly body: Template;
  readonly contentType: "text/html" | "text/plain" | "application/json" | "text/xml";
  /** Status of the answer; null keeps the response's own. */
  readonly responseStatus: number | null;
}

/** How an origin is spoken to, and what it is worth among others. */
export interface OriginConfig {
  /** Its name in labels and log lines: the one it was given, or the address as written. */
  readonly label: string;
  readonly targets: OriginTargets;
  /** Share against the other origins; 0 takes no new requests. */
  readonly weight: number;
  /** `request`, `origin`, or a name. */
  readonly hostHeader: string;
  readonly isEnabled: boolean;
  /** Every address of its name is an origin of its own. */
  readonly isEachAddress: boolean;
}

/** How an origin's health is asked for. */
export interface MonitorConfig {
  readonly type: "http" | "https" | "tcp" | "custom";
  readonly method: "GET" | "HEAD";
  readonly path: string;
  /** Null is the origin's own. */
  readonly port: number | null;
  /** Names and values in turn. */
  readonly fields: readonly string[];
  /** First and last of each range of good statuses. */
  readonly expectedCodes: readonly (readonly [first: number, last: number])[];
  /** Lower case; empty for any. */
  readonly expectedBody: string;
  readonly isFollowingRedirects: boolean;
  readonly isInsecureAllowed: boolean;
  readonly intervalMs: number;
  readonly timeoutMs: number;
  /** After a check that timed out. */
  readonly retries: number;
  /** In a row, at least 1. */
  readonly consecutiveUp: number;
  readonly consecutiveDown: number;
  /** Absolute path of the module of a custom check; null for the other types. */
  readonly module: string | null;
  /** Another one as soon as the module's text is: a check whose module was edited is not the same check. */
  readonly moduleVersion: string | null;
}

/** Which origin of a pool gets a request. */
export type Steering = "first" | "round_robin" | "least_outstanding" | "random" | "hash";

/** Origins that can stand in for one another. */
export interface PoolConfig {
  /** `default` where the zone has only origins. */
  readonly name: string;
  readonly origins: readonly OriginConfig[];
  readonly isEnabled: boolean;
  /** With fewer the pool is out. */
  readonly minimumOrigins: number;
  readonly steering: Steering;
  readonly monitor: MonitorConfig | null;
}

/** Keeping a client with one origin. */
export interface AffinityConfig {
  readonly by: "cookie" | "address";
  readonly cookie: string;
  readonly ttlSeconds: number;
  readonly drainSeconds: number;
  readonly failover: "none" | "temporary" | "sticky";
}

/** What real requests tell of an origin's health; durations scaled by the clock. */
export interface PassiveConfig {
  /** 0 takes no origin out. */
  readonly failures: number;
  readonly windowMs: number;
  readonly statuses: ReadonlySet<number>;
  readonly coolDownMs: number;
  /** Also for origins that come back because their checks pass. 0 gives the full share at once. */
  readonly slowStartMs: number;
}

/** When another origin is tried. */
export interface FailoverConfig {
  readonly retries: number;
  readonly isAcrossPools: boolean;
  readonly types: ReadonlySet<FailureType>;
  readonly budgetPercent: number;
  readonly budgetPerSecond: number;
}

/** A fault to put in the way of requests. */
export interface FaultRuleConfig {
  readonly fault: NamedFault;
  /** The fault as it was named. */
  readonly written: string;
  /** Name of the one zone that it is for; null for every zone. */
  readonly zone: string | null;
  /** What is not null must match. */
  readonly match: {
    readonly host: string | null;
    readonly path: string | null;
    readonly method: string | null;
    /** Lower-case names, and patterns of values. */
    readonly fields: readonly (readonly [name: string, pattern: string])[];
  };
  /** 0 to 1. */
  readonly rate: number;
  /** Null for no end. */
  readonly count: number | null;
  readonly delayMs: number;
  /** Bytes of content before a response is cut or stalls. */
  readonly after: number;
  readonly seed: number | null;
  /** How long it is in force; null for no end. */
  readonly forMs: number | null;
}

/** One zone, complete. */
export interface ZoneConfig {
  /** The zone's first host: its name in labels and log lines. */
  readonly name: string;
  readonly hosts: readonly string[];
  /** In order, the fallback pool among them. At least one, with at least one origin each. */
  readonly pools: readonly PoolConfig[];
  readonly fallbackPool: string | null;
  readonly affinity: AffinityConfig | null;
  readonly passive: PassiveConfig;
  readonly failover: FailoverConfig;
  readonly ssl: SslMode;
  readonly certificateWarningDays: number;
  readonly errors: ErrorSettings;
  /** As written: the zone scales them. */
  readonly unscaledTimeouts: Timeouts;
  /** The clock to begin with. */
  readonly clock: number;
  readonly limits: Limits;
  readonly dnsServers: readonly string[];
  readonly isContentChecked: boolean;
  /** HTTP/2 is offered to https origins. */
  readonly isHttp2Offered: boolean;
  /** HTTP/2 is spoken to http origins. */
  readonly isHttp2Prior: boolean;
  /** Responses gather before they are passed on. */
  readonly isBuffered: boolean;
  readonly fields: Fields;
  /** The owner's error pages, by class. */
  readonly errorPages: Readonly<Record<PageClass, Template | null>>;
  /** The first that has a response's status counts. */
  readonly errorRules: readonly ErrorRule[];
  /** An origin's own 502 and 504 give way to a page of the edge. */
  readonly replacesOriginErrors: boolean;
}

/** The whole configuration, complete. */
export interface GatewayConfig {
  readonly listen: {
    readonly host: string;
    readonly http: number | false;
    readonly https: number | false;
    /** PEM texts of the owner's certificates. */
    readonly certificates: readonly { readonly cert: string; readonly key: string }[];
    /** Where the local CA is kept; null where there is no home folder. */
    readonly caFolder: string | null;
  };
  readonly admin: {
    readonly host: string;
    readonly port: number | false;
    readonly token: string | null;
  };
  readonly colo: string;
  /** Networks whose word about the client is taken. */
  readonly trustedProxies: readonly Network[];
  readonly errors: ErrorSettings;
  /** Of the listeners, scaled. */
  readonly timeouts: Timeouts;
  /** Scales every timeout, to begin with. */
  readonly clock: number;
  readonly limits: Limits;
  readonly overload: Overload;
  readonly shutdown: Shutdown;
  readonly log: LogConfig;
  /** Every request has a trace. */
  readonly tracing: boolean;
  readonly profiles: Readonly<Record<string, ProfileFile>>;
  readonly zones: readonly ZoneConfig[];
  readonly inject: {
    /** The request field `edgecase-inject` is obeyed. */
    readonly acceptsField: boolean;
    readonly rules: readonly FaultRuleConfig[];
  };
  /** What is hardly meant so, and works. */
  readonly warnings: readonly ConfigProblem[];
  /** The file that it was read from, as it was named; null if there is none. */
  readonly file: string | null;
  /** Absolute paths of the files that the configuration names, and that were read with it. */
  readonly files: readonly string[];
}
