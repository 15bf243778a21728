// What the gateway runs on: the configuration complete, with files read, origins parsed and timeouts scaled.

import type ipaddr from "ipaddr.js";

import type { OriginTargets } from "../connect/target.ts";
import type { ConfigProblem } from "./config-error.ts";
import type { Fields, Limits, ProfileFile, SslMode, Timeouts } from "./schema.ts";
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

/** One custom error rule: which responses it is for, and what takes the place of their content. */
export interface ErrorRule {
  readonly statuses: ReadonlySet<number>;
  readonly body: Template;
  readonly contentType: "text/html" | "text/plain" | "application/json" | "text/xml";
  /** Status of the answer; null keeps the response's own. */
  readonly responseStatus: number | null;
}

/** One zone, complete. */
export interface ZoneConfig {
  /** The zone's first host: its name in labels and log lines. */
  readonly name: string;
  readonly hosts: readonly string[];
  readonly origins: readonly OriginTargets[];
  readonly ssl: SslMode;
  /** `request`, `origin`, or a name. */
  readonly hostHeader: string;
  readonly errors: ErrorSettings;
  readonly timeouts: Timeouts;
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
  readonly timeouts: Timeouts;
  readonly limits: Limits;
  readonly profiles: Readonly<Record<string, ProfileFile>>;
  readonly zones: readonly ZoneConfig[];
  /** What is hardly meant so, and works. */
  readonly warnings: readonly ConfigProblem[];
}
