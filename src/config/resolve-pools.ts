// A zone's pools, complete: each with its origins, its monitor and its steering; and what the zone says of all of them.

import { closest } from "fastest-levenshtein";

import { failoverTypes } from "../../edge-codes/failover.ts";
import { failureTypes, type FailureType } from "../../edge-codes/failure-types.ts";
import { defaults } from "./defaults.ts";
import type {
  AffinityConfig,
  FailoverConfig,
  MonitorConfig,
  PassiveConfig,
  PoolConfig,
  ZoneConfig,
} from "./gateway-config.ts";
import type { ProblemList, Steps } from "./problem-list.ts";
import { resolveMonitor } from "./resolve-monitor.ts";
import { resolveNames } from "./resolve-names.ts";
import { type ForOrigins, resolveOrigins } from "./resolve-origins.ts";
import { resolveTls } from "./resolve-tls.ts";
import type { MonitorFile, ZoneFile } from "./schema.ts";

/** The name of the one pool of a zone that has only origins. */
const onlyPool = "default";

/** What pools inherit. */
interface ForPools {
  readonly clock: number;
  readonly monitors: Readonly<Record<string, MonitorFile>>;
}

/** Completes what the zone written at `steps` says of its origins. */
export function resolvePools(
  steps: Steps,
  zone: ZoneFile,
  gateway: ForPools,
  problems: ProblemList,
): Pick<ZoneConfig, "pools" | "fallbackPool" | "affinity" | "passive" | "failover"> {
  if ((zone.origins === undefined) === (zone.pools === undefined))
    problems.report(steps, "must have either origins or pools");
  const forOrigins: ForOrigins = {
    ssl: zone.ssl ?? "strict",
    names: resolveNames(steps, zone, problems),
    sni: zone.sni,
    secure: resolveTls(steps, zone, problems),
  };
  const monitor = monitorAt([...steps, "monitor"], zone.monitor, gateway, problems);
  const written = zone.pools ?? [{ name: onlyPool, origins: zone.origins ?? [] }];
  const pools = written.map((pool, index): PoolConfig => {
    const at = zone.pools === undefined ? steps : [...steps, "pools", index];
    const { minimumOrigins = 1, origins } = pool;
    if (minimumOrigins > Math.max(1, origins.length) && !origins.some(isEachAddress))
      problems.report(
        [...at, "minimumOrigins"],
        "must not be above the number of origins",
        minimumOrigins,
      );
    return {
      name: pool.name,
      origins: resolveOrigins([...at, "origins"], origins, forOrigins, problems),
      isEnabled: pool.enabled ?? true,
      minimumOrigins,
      steering: pool.steering ?? zone.steering ?? "first",
      monitor:
        pool.monitor === undefined
          ? monitor
          : monitorAt([...at, "monitor"], pool.monitor, gateway, problems),
    };
  });
  checkNames(steps, zone, problems);
  return {
    pools,
    fallbackPool: zone.fallbackPool ?? null,
    affinity: resolveAffinity(zone.affinity),
    passive: resolvePassive(zone.passive, gateway.clock),
    failover: resolveFailover([...steps, "failover"], zone.failover, problems),
  };
}

function isEachAddress(origin: NonNullable<ZoneFile["origins"]>[number]): boolean {
  return typeof origin === "object" && origin.addresses === "each";
}

function monitorAt(
  steps: Steps,
  written: ZoneFile["monitor"],
  { clock, monitors }: ForPools,
  problems: ProblemList,
): MonitorConfig | null {
  if (written === undefined) return null;
  if (typeof written === "object") return resolveMonitor(steps, written, clock, problems);
  const named = Object.hasOwn(monitors, written) ? monitors[written] : undefined;
  if (named === undefined) {
    const names = Object.keys(monitors);
    problems.report(
      steps,
      "must be a name of monitors",
      written,
      names.length > 0 ? closest(written, names) : undefined,
    );
    return null;
  }
  // Its own problems are told where it stands.
  return resolveMonitor(steps, named, clock, problems.silent);
}

function checkNames(steps: Steps, { pools, fallbackPool }: ZoneFile, problems: ProblemList): void {
  const names = (pools ?? []).map(({ name }) => name);
  for (const [index, name] of names.entries()) {
    if (names.indexOf(name) !== index)
      problems.report([...steps, "pools", index, "name"], "is already a pool of this zone", name);
  }
  if (fallbackPool !== undefined && !names.includes(fallbackPool))
    problems.report(
      [...steps, "fallbackPool"],
      "must be the name of a pool of this zone",
      fallbackPool,
      names.length > 0 ? closest(fallbackPool, names) : undefined,
    );
}

function resolveAffinity(written: ZoneFile["affinity"]): AffinityConfig | null {
  const { by, ttl, drain, ...affinity } = { ...defaults.affinity, ...written };
  return by === "none" ? null : { ...affinity, by, ttlSeconds: ttl, drainSeconds: drain };
}

function resolvePassive(written: ZoneFile["passive"], clock: number): PassiveConfig {
  const passive = { ...defaults.passive, ...written };
  const scaled = (value: number): number => Math.round(value * clock);
  return {
    failures: passive.failures,
    statuses: new Set(passive.statuses),
    windowMs: scaled(passive.windowMs),
    coolDownMs: scaled(passive.coolDownMs),
    slowStartMs: scaled(passive.slowStartMs),
  };
}

function resolveFailover(
  steps: Steps,
  written: ZoneFile["failover"],
  problems: ProblemList,
): FailoverConfig {
  const { acrossPools, on, ...failover } = { ...defaults.failover, ...written };
  const known = Object.keys(failureTypes);
  for (const [index, type] of (written?.on ?? []).entries()) {
    if (!known.includes(type))
      problems.report(
        [...steps, "on", index],
        "must be a failure type",
        type,
        closest(type, known),
      );
  }
  const types = written?.on === undefined ? failoverTypes : (on as FailureType[]);
  return { ...failover, isAcrossPools: acrossPools, types: new Set(types) };
}
