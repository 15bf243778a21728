// From a checked file to a complete configuration.

import { isIP } from "node:net";
import { dirname, resolve as resolvePath } from "node:path";

import ipaddr from "ipaddr.js";

import { compileProfiles, type Profile } from "../map/profile.ts";
import { checkServerCertificate } from "./check-certificate.ts";
import { checkProfiles } from "./check-profiles.ts";
import { ConfigError } from "./config-error.ts";
import { defaults } from "./defaults.ts";
import { configFolder, hasColors } from "./flags.ts";
import type { GatewayConfig, ZoneConfig } from "./gateway-config.ts";
import { ProblemList } from "./problem-list.ts";
import type { ReadConfig } from "./check-config.ts";
import { resolveInject } from "./resolve-inject.ts";
import { resolveLog } from "./resolve-log.ts";
import { resolveMonitor } from "./resolve-monitor.ts";
import { resolveNetworks } from "./resolve-networks.ts";
import { resolveErrors } from "./resolve-errors.ts";
import { checkServers, resolveZone } from "./resolve-zone.ts";
import { scale } from "./scale.ts";
import type { ConfigFile, ProfileFile, ZoneFile } from "./schema.ts";
import { sslModes } from "./ssl-modes.ts";

/** Completes a checked file. Relative paths in it start at the file's folder. Throws {@link ConfigError} with every problem. */
export function resolveConfig({ config, lineOf }: ReadConfig, file: string | null): GatewayConfig {
  const problems = new ProblemList(
    lineOf,
    file === null ? process.cwd() : dirname(resolvePath(file)),
  );
  const { clock = 1, profiles = {}, monitors = {}, zones = [], dns } = config;
  const unsound = checkProfiles(profiles);
  for (const { steps, rule, found, nearest } of unsound)
    problems.report(steps, rule, found, nearest);
  const errors = resolveErrors(["errors"], config.errors, undefined, { problems, profiles });
  const timeouts = { ...defaults.timeouts, ...config.timeouts };
  const limits = { ...defaults.limits, ...config.limits };
  const servers = dns?.servers ?? [];
  checkServers(["dns", "servers"], servers, problems);
  if (config.listen?.http === false && config.listen.https === false)
    problems.report(["listen", "http"], "must be a port where listen.https is false", false);
  // Whether or not a zone uses it: what cannot work is told.
  for (const [name, monitor] of Object.entries(monitors))
    resolveMonitor(["monitors", name], monitor, clock, problems);
  checkHosts(zones, problems);
  checkModes(config, problems);

  const inherited = { errors, timeouts, limits, clock, servers, profiles, monitors };
  const resolvedZones = zones.map((zone, index) =>
    resolveZone(["zones", index], zone, inherited, problems),
  );
  // One that extends itself would be compiled without end; what is wrong with it is told already.
  const inUse =
    unsound.length === 0 ? profilesOf(resolvedZones, profiles) : [...compileProfiles({}).values()];
  const resolved: GatewayConfig = {
    listen: resolveListen(config.listen, problems),
    trustedProxies: resolveNetworks(["trustedProxies"], config.trustedProxies ?? [], problems),
    admin: resolveAdmin(config.admin, problems),
    colo: config.colo ?? "DEV",
    errors,
    timeouts: scale(timeouts, clock),
    clock,
    limits,
    overload: { ...defaults.overload, ...config.overload },
    shutdown: { ...defaults.shutdown, ...config.shutdown },
    log: resolveLog(config.log, hasColors(), problems),
    tracing: config.tracing ?? false,
    profiles,
    zones: resolvedZones,
    inject: resolveInject(config.inject ?? {}, inUse, problems),
    warnings: problems.warnings,
    file,
    files: [...problems.files],
  };
  if (problems.problems.length > 0)
    throw new ConfigError(file, problems.problems, [...problems.files]);
  return resolved;
}

/** The profiles that zones go by. */
function profilesOf(
  zones: readonly ZoneConfig[],
  custom: Readonly<Record<string, ProfileFile>>,
): Profile[] {
  // Profiles that extend each other have been reported, and cannot be compiled.
  if (checkProfiles(custom).length > 0) return [...compileProfiles({}).values()];
  const compiled = compileProfiles(custom);
  const names = new Set(zones.map(({ errors }) => errors.profile));
  return [...names].flatMap((name) => compiled.get(name) ?? []);
}

function resolveListen(
  written: ReadConfig["config"]["listen"],
  problems: ProblemList,
): GatewayConfig["listen"] {
  const { certificates, ...listen } = { ...defaults.listen, ...written };
  return {
    ...listen,
    caFolder: configFolder(),
    certificates: certificates.map((files, index) => {
      const at = ["listen", "certificates", index];
      const cert = problems.readPem([...at, "cert"], files.cert);
      const key = problems.readPem([...at, "key"], files.key);
      checkServerCertificate(at, { cert, key, files }, problems);
      return { cert, key };
    }),
  };
}

function resolveAdmin(
  written: ReadConfig["config"]["admin"],
  problems: ProblemList,
): GatewayConfig["admin"] {
  const { host, port, tokenFile } = { ...defaults.admin, ...written };
  const token = problems.readSecret(["admin", "tokenFile"], tokenFile);
  if (port !== false && token === null && !isLoopback(host)) {
    problems.report(
      ["admin", "tokenFile"],
      "must name a file with a token when the admin server listens off loopback",
      host,
    );
  }
  return { host, port, token };
}

function checkHosts(zones: readonly ZoneFile[], problems: ProblemList): void {
  const owners = new Map<string, number>();
  for (const [zone, { hosts }] of zones.entries()) {
    for (const [index, written] of hosts.entries()) {
      const host = written.toLowerCase();
      const steps = ["zones", zone, "hosts", index];
      const owner = owners.get(host);
      if (!/^(\*|(\*\.)?[a-z0-9_]([a-z0-9_.-]*[a-z0-9_])?|\[[0-9a-f:.]+\])$/.test(host)) {
        problems.report(steps, "must be a host name without port, *.name, or *", written);
      } else if (owner !== undefined) {
        problems.report(steps, `is already a host of zones[${owner}]`, written);
      }
      owners.set(host, zone);
    }
  }
}

/** `off` sends clients to HTTP, so there must be HTTP. */
function checkModes({ listen, zones = [] }: ConfigFile, problems: ProblemList): void {
  if (listen?.http !== false) return;
  for (const [index, { ssl = "strict" }] of zones.entries()) {
    if (sslModes[ssl].isHttpOnly)
      problems.report(["zones", index, "ssl"], "must not be off where listen.http is false", ssl);
  }
}

function isLoopback(host: string): boolean {
  return host === "localhost" || (isIP(host) !== 0 && ipaddr.process(host).range() === "loopback");
}
