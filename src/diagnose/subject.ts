// What is diagnosed, and the ways to it: each SSL mode is made into a zone as a configuration would be, so that diagnosis connects
// as the gateway does.

import { ConfigError, type ConfigProblem } from "../config/config-error.ts";
import type { OriginConfig, ZoneConfig } from "../config/gateway-config.ts";
import { checkConfig, noLine } from "../config/check-config.ts";
import { resolveConfig } from "../config/resolve.ts";
import type { SslMode } from "../config/schema.ts";
import { type Scheme, sslModes } from "../config/ssl-modes.ts";
import { authorityOf, type Target } from "../connect/target.ts";
import { compileProfiles, type Profile } from "../map/profile.ts";

/** What to diagnose, and how. */
export interface DiagnoseOptions {
  /** A URL, `host[:port]`, an address, or `unix:/path`. */
  readonly url: string;
  /** The mode whose failure is the verdict. */
  readonly ssl?: SslMode;
  /** Host field and request's host; null is the URL's own. */
  readonly host?: string | null;
  /** Server name of the handshake; null is the origin's own. */
  readonly sni?: string | null;
  /** File with the CAs that replace the public ones; null keeps those. */
  readonly ca?: string | null;
  /** Resolvers as `address` or `address:port`; none means the system's. */
  readonly resolvers?: readonly string[];
  /** Bounds each step. */
  readonly timeoutMs?: number;
  /** HTTP/2 is offered, as a zone with `http2` does. */
  readonly http2?: boolean;
  /** HTTP/2 is spoken where there is no TLS, as a zone with `h2c` does. */
  readonly h2c?: boolean;
  /** Everything is tried over each address of the name. */
  readonly isEachAddress?: boolean;
}

/** How clients on a scheme reach the origin in one SSL mode. */
export interface Mode {
  readonly ssl: SslMode;
  readonly client: Scheme;
  readonly target: Target;
}

/** What is diagnosed. */
export interface Subject {
  readonly url: string;
  /** Path and query of the request. */
  readonly path: string;
  /** The Host field. */
  readonly host: string;
  /** The host in it, for which the certificate may be good. */
  readonly requestHost: string;
  /** The mode and the client's scheme that the verdict is for, and the way that these take. */
  readonly decisive: Mode;
  /** Every mode, for clients on each scheme that it serves. */
  readonly modes: readonly Mode[];
  /** The zone that the decisive way is one of. */
  readonly zone: ZoneConfig;
  /** By which codes are given. */
  readonly profiles: ReadonlyMap<string, Profile>;
  readonly timeoutMs: number;
}

/** For each step, unless told. */
export const usualTimeoutMs = 10_000;

/** Completes what was asked for. Throws {@link ConfigError}, whose paths are the command's options. */
export function subjectOf(options: DiagnoseOptions): Subject {
  const { url, ssl = "strict", timeoutMs = usualTimeoutMs } = options;
  const { origin, path, scheme } = split(url);
  const zones = zonesFor(origin, { ...options, timeoutMs });
  const modes = [...zones].flatMap(([mode, zone]) => {
    const schemes: readonly Scheme[] = sslModes[mode].isHttpOnly ? ["http"] : ["http", "https"];
    return schemes.map((client) => ({ ssl: mode, client, target: targetOf(zone, client) }));
  });
  const client = sslModes[ssl].isHttpOnly ? "http" : scheme;
  const decisive = modes.find((mode) => mode.ssl === ssl && mode.client === client);
  const zone = zones.get(ssl);
  if (decisive === undefined || zone === undefined) throw new Error(`no mode ${ssl}`); // The option was checked for it.
  const host = options.host ?? authorityOf(decisive.target);
  const profiles = compileProfiles({});
  return { url, path, host, requestHost: nameIn(host), decisive, modes, zone, profiles, timeoutMs };
}

/** An origin of a zone, as the zone asks it for a client on http. Its own mode is the only one. */
export function subjectOfOrigin(
  zone: ZoneConfig,
  { label, targets, hostHeader }: OriginConfig,
  profiles: Subject["profiles"],
  timeoutMs: number,
): Subject {
  const { ssl, hosts } = zone;
  const first = hosts.find((name) => !name.includes("*"));
  const own = authorityOf(targets.http);
  const named = { request: first ?? own, origin: own }[hostHeader] ?? hostHeader;
  const decisive: Mode = { ssl, client: "http", target: targets.http };
  const secured: Mode = { ssl, client: "https", target: targets.https };
  return {
    url: label,
    path: "/",
    host: named,
    requestHost: first ?? nameIn(named),
    decisive,
    modes: sslModes[ssl].isHttpOnly ? [decisive] : [decisive, secured],
    zone,
    profiles,
    timeoutMs,
  };
}

/** The same for two targets that are connected to alike. */
export function wayOf({ host, port, socketPath, tls }: Target): string {
  const security = tls === null ? "plain" : tls.isVerified ? "verified" : "unverified";
  return [host, port, socketPath, security].join(" ");
}

/** The origin as a configuration has it, apart from the path. A host alone is asked over HTTPS, one with a port of its own over HTTP. */
function split(written: string): { origin: string; path: string; scheme: Scheme } {
  if (written.startsWith("unix:")) return { origin: written, path: "/", scheme: "http" };
  const [, scheme = "", authority = "", rest = ""] =
    /^([a-z][a-z0-9+.-]*:\/\/)?([^/?#]*)([^#]*)/i.exec(written) ?? [];
  const base = "http://origin.invalid";
  const { pathname, search } = new URL(`${base}${rest.startsWith("?") ? "/" : ""}${rest}`);
  const hasOtherPort = /^(?:[^:]*|\[.*\]):(?!443$)\d+$/.test(authority);
  const isSecure = scheme === "" ? !hasOtherPort : scheme.toLowerCase() === "https://";
  return {
    origin: `${scheme}${authority}`,
    path: `${pathname}${search}`,
    scheme: isSecure ? "https" : "http",
  };
}

/** A zone for each mode. */
function zonesFor(
  origin: string,
  options: DiagnoseOptions & { timeoutMs: number },
): ReadonlyMap<SslMode, ZoneConfig> {
  const { host, sni, ca, resolvers = [], timeoutMs, http2 = false, h2c = false } = options;
  const modes = Object.keys(sslModes) as SslMode[];
  const config = {
    admin: { port: false },
    dns: { servers: resolvers },
    timeouts: {
      dnsMs: timeoutMs,
      connectMs: timeoutMs,
      handshakeMs: timeoutMs,
      responseMs: timeoutMs,
      bodyIdleMs: timeoutMs,
    },
    zones: modes.map((ssl) => ({
      hosts: [ssl],
      origins: [origin],
      ssl,
      sni: sni ?? "origin",
      hostHeader: host ?? "request",
      http2,
      h2c,
      ...(ca && { originCa: ca }),
    })),
  };
  try {
    const checked = checkConfig(config, null, noLine);
    const { zones } = resolveConfig({ config: checked, lineOf: noLine }, null);
    return new Map(zones.map((zone) => [zone.ssl, zone]));
  } catch (error) {
    throw error instanceof ConfigError ? asOptions(error) : error;
  }
}

/** Where in the configuration each option stands. */
const optionPaths: readonly (readonly [pattern: RegExp, option: string])[] = [
  [/^zones\[0\]\.origins/, "URL"],
  [/^zones\[0\]\.sni/, "--sni"],
  [/^zones\[0\]\.hostHeader/, "--host"],
  [/^zones\[0\]\.originCa/, "--ca"],
  [/^dns/, "--resolver"],
  [/^timeouts/, "--timeout"],
];

/** The zones differ in their mode alone: what is wrong is wrong with each, and told once. */
function asOptions({ problems }: ConfigError): ConfigError {
  const told = problems.flatMap(({ path, rule, found }): ConfigProblem[] => {
    const option = optionPaths.find(([pattern]) => pattern.test(path))?.[1];
    return option === undefined
      ? []
      : [{ path: option, rule, ...(found !== undefined && { found }) }];
  });
  return new ConfigError(null, told.length === 0 ? problems : told);
}

function targetOf({ pools }: ZoneConfig, client: Scheme): Target {
  const targets = pools[0]?.origins[0]?.targets;
  if (targets === undefined) throw new Error("a zone without an origin"); // The schema does not let one pass.
  return targets[client];
}

/** A Host field's host. */
function nameIn(host: string): string {
  return host
    .replace(/:\d+$/, "")
    .replace(/^\[|\]$/g, "")
    .toLowerCase();
}
