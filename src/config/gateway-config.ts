// What the gateway runs on: the configuration complete, with files read, origins parsed and timeouts scaled.

import type ipaddr from "ipaddr.js";

import type { Target } from "../connect/target.ts";
import type { Limits, ProfileFile, SslMode, Timeouts } from "./schema.ts";

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
  readonly cidrs: readonly [network: ipaddr.IPv4 | ipaddr.IPv6, bits: number][];
  readonly token: string | null;
}

/** One zone, complete. */
export interface ZoneConfig {
  /** The zone's first host: its name in labels and log lines. */
  readonly name: string;
  readonly hosts: readonly string[];
  readonly origins: readonly Target[];
  readonly ssl: SslMode;
  /** `request`, `origin`, or a name. */
  readonly hostHeader: string;
  readonly errors: ErrorSettings;
  readonly timeouts: Timeouts;
  readonly limits: Limits;
  readonly dnsServers: readonly string[];
  readonly isContentChecked: boolean;
}

/** The whole configuration, complete. */
export interface GatewayConfig {
  readonly listen: {
    readonly host: string;
    readonly http: number | false;
    readonly https: number | false;
  };
  readonly admin: {
    readonly host: string;
    readonly port: number | false;
    readonly token: string | null;
  };
  readonly colo: string;
  readonly errors: ErrorSettings;
  readonly timeouts: Timeouts;
  readonly limits: Limits;
  readonly profiles: Readonly<Record<string, ProfileFile>>;
  readonly zones: readonly ZoneConfig[];
}
