// From a checked file to what the gateway runs on: defaults filled in, files read, origins parsed, timeouts scaled.

import { readFileSync } from "node:fs";
import { isIP } from "node:net";
import { dirname, resolve as resolvePath } from "node:path";

import ipaddr from "ipaddr.js";

import type { Target } from "../connect/target.ts";
import { checkProfiles } from "./check-profiles.ts";
import { ConfigError, type ConfigProblem, show } from "./config-error.ts";
import { parseOrigin } from "./parse-origin.ts";
import type { ReadConfig } from "./read-file.ts";
import { pathOf } from "./read-file.ts";
import {
  adminSchema,
  type ConfigFile,
  defaultsOf,
  type ErrorsFile,
  errorsSchema,
  type Limits,
  limitsSchema,
  listenSchema,
  type ProfileFile,
  type SslMode,
  type Timeouts,
  timeoutsSchema,
  type ZoneFile,
} from "./schema.ts";

type Steps = readonly (string | number)[];

/** What clients of a gateway or zone are told, ready to use. */
export interface ErrorSettings {
  readonly codes: "detailed" | "generic";
  readonly pages: "verbose" | "sanitized";
  readonly profile: string;
  readonly reveal: { readonly cidrs: readonly [ipaddr.IPv4 | ipaddr.IPv6, number][]; readonly token: string | null };
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
}

/** The whole configuration, complete. */
export interface GatewayConfig {
  readonly listen: { readonly host: string; readonly http: number | false; readonly https: number | false };
  readonly admin: { readonly host: string; readonly port: number | false; readonly token: string | null };
  readonly colo: string;
  readonly errors: ErrorSettings;
  readonly timeouts: Timeouts;
  readonly limits: Limits;
  readonly profiles: Readonly<Record<string, ProfileFile>>;
  readonly zones: readonly ZoneConfig[];
}

/** Completes a checked file. Relative paths in it start at the file's folder. Throws {@link ConfigError}. */
export function resolveConfig(read: ReadConfig, file: string | null): GatewayConfig {
  const resolver = new Resolver(read, file);
  const resolved = resolver.gateway();
  if (resolver.problems.length > 0) throw new ConfigError(file, resolver.problems);
  return resolved;
}

/** Collects every problem instead of stopping at the first. */
class Resolver {
  readonly problems: ConfigProblem[] = [];
  readonly #file: ConfigFile;
  readonly #lineOf: ReadConfig["lineOf"];
  readonly #folder: string;

  constructor(read: ReadConfig, file: string | null) {
    this.#file = read.config;
    this.#lineOf = read.lineOf;
    this.#folder = file === null ? process.cwd() : dirname(resolvePath(file));
  }

  gateway(): GatewayConfig {
    const { listen, admin, clock = 1, colo = "DEV", profiles = {}, zones = [], dns } = this.#file;
    const adminSettings = { ...defaultsOf(adminSchema), ...admin };
    const errors = this.#errors(["errors"], this.#file.errors, undefined);
    const timeouts = { ...defaultsOf(timeoutsSchema), ...this.#file.timeouts };
    const limits = { ...defaultsOf(limitsSchema), ...this.#file.limits };
    for (const problem of checkProfiles(profiles)) this.#report(problem.steps, problem.rule, problem.found, problem.nearest);
    this.#checkProfileName(["errors", "profile"], errors.profile);
    this.#checkHosts(zones);

    const token = this.#secret(["admin", "tokenFile"], adminSettings.tokenFile);
    if (!isLoopback(adminSettings.host) && adminSettings.port !== false && token === null) {
      this.#report(["admin", "tokenFile"], "must name a file with a token when the admin server listens off loopback", adminSettings.host);
    }
    return {
      listen: { ...defaultsOf(listenSchema), ...listen },
      admin: { host: adminSettings.host, port: adminSettings.port, token },
      colo,
      errors,
      timeouts: scale(timeouts, clock),
      limits,
      profiles,
      zones: zones.map((zone, index) => this.#zone(["zones", index], zone, { errors, timeouts, limits, clock, servers: dns?.servers ?? [] })),
    };
  }

  #zone(
    steps: Steps,
    zone: ZoneFile,
    gateway: { errors: ErrorSettings; timeouts: Timeouts; limits: Limits; clock: number; servers: readonly string[] },
  ): ZoneConfig {
    const errors = this.#errors([...steps, "errors"], zone.errors, gateway.errors);
    this.#checkProfileName([...steps, "errors", "profile"], errors.profile);
    const servers = zone.dns?.servers ?? gateway.servers;
    this.#checkServers(zone.dns?.servers === undefined ? ["dns", "servers"] : [...steps, "dns", "servers"], servers);
    return {
      name: (zone.hosts[0] ?? "").toLowerCase(),
      hosts: zone.hosts.map((host) => host.toLowerCase()),
      origins: this.#origins(steps, zone),
      ssl: zone.ssl ?? "strict",
      hostHeader: zone.hostHeader ?? "request",
      errors,
      timeouts: scale({ ...gateway.timeouts, ...zone.timeouts }, gateway.clock),
      limits: { ...gateway.limits, ...zone.limits },
      dnsServers: servers,
    };
  }

  #origins(steps: Steps, zone: ZoneFile): Target[] {
    const ssl = zone.ssl ?? "strict";
    const sni = zone.sni ?? "origin";
    const ca = zone.originCa ? this.#pem([...steps, "originCa"], zone.originCa) : null;
    const pair = zone.clientCertificate;
    const clientCertificate = pair
      ? { cert: this.#pem([...steps, "clientCertificate", "cert"], pair.cert), key: this.#pem([...steps, "clientCertificate", "key"], pair.key) }
      : null;

    return zone.origins.flatMap((written, index): Target[] => {
      const parsed = parseOrigin(written, ssl);
      if ("rule" in parsed) {
        this.#report([...steps, "origins", index], parsed.rule, written);
        return [];
      }
      const { isTls, ...place } = parsed;
      if (!isTls) return [{ ...place, label: written, tls: null }];
      const name = sni === "origin" ? place.host : sni;
      return [
        {
          ...place,
          label: written,
          tls: {
            serverName: sni === "request" || isIP(name) !== 0 || name === "" ? null : name,
            isServerNameFromRequest: sni === "request",
            acceptedNames: [place.host, ...(sni === "origin" || sni === "request" ? [] : [sni])].filter((accepted) => accepted !== ""),
            isVerified: ssl === "strict" || ssl === "origin_pull",
            ca,
            clientCertificate,
          },
        },
      ];
    });
  }

  #errors(steps: Steps, written: ErrorsFile | undefined, inherited: ErrorSettings | undefined): ErrorSettings {
    const { codes, pages, profile, reveal } = { ...defaultsOf(errorsSchema), ...inherited, ...written };
    if (inherited !== undefined && written?.reveal === undefined) return { codes, pages, profile, reveal: inherited.reveal };
    const { cidrs = [], tokenFile = null } = reveal as { cidrs?: string[]; tokenFile?: string | null };
    return {
      codes,
      pages,
      profile,
      reveal: {
        cidrs: cidrs.flatMap((cidr, index) => this.#cidr([...steps, "reveal", "cidrs", index], cidr)),
        token: this.#secret([...steps, "reveal", "tokenFile"], tokenFile),
      },
    };
  }

  #cidr(steps: Steps, cidr: string): [ipaddr.IPv4 | ipaddr.IPv6, number][] {
    try {
      return [ipaddr.parseCIDR(cidr)];
    } catch {
      this.#report(steps, "must be a network such as 192.0.2.0/24", cidr);
      return [];
    }
  }

  #checkServers(steps: Steps, servers: readonly string[]): void {
    for (const [index, server] of servers.entries()) {
      const [, bracketed, plain = server] = /^(?:\[([^\]]+)\]|([^:]+))(?::\d{1,5})?$/.exec(server) ?? [];
      if (isIP(bracketed ?? plain) === 0) this.#report([...steps, index], "must be an address or address:port", server);
    }
  }

  #checkHosts(zones: readonly ZoneFile[]): void {
    const owners = new Map<string, number>();
    for (const [zone, { hosts }] of zones.entries()) {
      for (const [index, written] of hosts.entries()) {
        const host = written.toLowerCase();
        const steps = ["zones", zone, "hosts", index];
        if (!/^(\*|(\*\.)?[a-z0-9_]([a-z0-9_.-]*[a-z0-9_])?|\[[0-9a-f:.]+\])$/.test(host)) {
          this.#report(steps, "must be a host name without port, *.name, or *", written);
        } else if (owners.has(host)) {
          this.#report(steps, `is already a host of zones[${owners.get(host)}]`, written);
        }
        owners.set(host, zone);
      }
    }
  }

  #checkProfileName(steps: Steps, name: string): void {
    const problem = checkProfiles(this.#file.profiles ?? {}, name).find(({ steps: [first] }) => first === "");
    if (problem) this.#report(steps, problem.rule, name, problem.nearest);
  }

  #pem(steps: Steps, file: string): string {
    const text = this.#read(steps, file);
    if (text !== null && !text.includes("-----BEGIN ")) this.#report(steps, "must be a PEM file", file);
    return text ?? "";
  }

  #secret(steps: Steps, file: string | null): string | null {
    if (file === null) return null;
    const token = this.#read(steps, file)?.trim() ?? null;
    if (token === "") this.#report(steps, "must not be empty", file);
    return token;
  }

  #read(steps: Steps, file: string): string | null {
    try {
      return readFileSync(resolvePath(this.#folder, file), "utf8");
    } catch (error) {
      this.#report(steps, `cannot be read: ${(error as NodeJS.ErrnoException).code ?? "unknown error"}`, file);
      return null;
    }
  }

  #report(steps: Steps, rule: string, found?: unknown, nearest?: string): void {
    const line = this.#lineOf(steps);
    this.problems.push({
      path: pathOf(steps),
      rule,
      ...(found !== undefined && { found: show(found) }),
      ...(nearest !== undefined && { nearest }),
      ...(line !== undefined && { line }),
    });
  }
}

/** Every timeout times the clock, at least a millisecond. */
function scale(timeouts: Timeouts, clock: number): Timeouts {
  const scaled = Object.entries(timeouts).map(([name, value]) => [name, Math.max(1, Math.round(value * clock))]);
  return Object.fromEntries(scaled) as Timeouts;
}

function isLoopback(host: string): boolean {
  return host === "localhost" || (isIP(host) !== 0 && ipaddr.process(host).range() === "loopback");
}
