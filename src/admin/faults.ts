// Faults as they are asked for from outside, by the admin API or a program: put in force, told of, and cleared.

import { parseDuration } from "../config/duration.ts";
import type { ConfigProblem } from "../config/config-error.ts";
import { show } from "../config/config-error.ts";
import type { FaultRuleConfig } from "../config/gateway-config.ts";
import { pathOf, problemsOf } from "../config/schema-problems.ts";
import { resolveRule } from "../config/resolve-inject.ts";
import { faultNames } from "../inject/fault-names.ts";
import type { FaultRule } from "../inject/fault-rule.ts";
import type { Profile } from "../map/profile.ts";
import { Zone } from "../zone.ts";
import type { FaultNames, FaultRequest, FaultView } from "./fault-schemas.ts";
import { isFault } from "./is-fault.ts";
import type { ProblemDetails } from "./problem.ts";
import type { AdminSubject } from "./subject.ts";
import { zoneNamed } from "./zone-named.ts";

/** What faults are put in the way of. */
type Injectable = Pick<AdminSubject, "injection" | "zones">;

/** Puts a fault in force. Resolves with it, or with what is wrong with the request; then nothing has changed. */
export async function addFault(
  value: unknown,
  subject: Injectable,
): Promise<FaultView | ProblemDetails> {
  if (!isFault(value))
    return problemsOf(isFault.errors ?? [])[0] ?? { path: "", rule: "is no fault" };
  const rule = ruleOf(value, subject);
  if ("rule" in rule) return rule;
  try {
    return viewFault(await subject.injection.add(rule));
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return { path: "fault", rule: why, found: JSON.stringify(value.fault) };
  }
}

/** A fault in force, as it is told. */
export function viewFault({ id, config, endsAt, matched, injected }: FaultRule): FaultView {
  const { written, zone, match, rate, count, delayMs, after, seed } = config;
  const { host, path, method, fields } = match;
  return {
    id,
    fault: written,
    zone,
    match: { host, path, method, header: Object.fromEntries(fields) },
    rate,
    count,
    delayMs,
    after,
    seed,
    endsInMs: endsAt === null ? null : Math.max(0, Math.round(endsAt - performance.now())),
    matched,
    injected,
  };
}

/** What can be injected into the zone with this host, or into any zone; or why the host means none. */
export function namesFor(
  host: string | undefined,
  subject: Injectable,
): FaultNames | ProblemDetails {
  const zone = zoneMeant(host, subject);
  if (zone !== null && !(zone instanceof Zone)) return zone;
  return { names: faultNames(profilesInUse(zone, subject)) };
}

function ruleOf(
  { zone: host, for: duration, ...written }: FaultRequest,
  subject: Injectable,
): FaultRuleConfig | ProblemDetails {
  const zone = zoneMeant(host, subject);
  if (zone !== null && !(zone instanceof Zone)) return zone;
  const problems: ConfigProblem[] = [];
  const resolved = resolveRule([], written, profilesInUse(zone, subject), {
    report: (steps, rule, found, nearest) =>
      void problems.push({
        path: pathOf(steps),
        rule,
        found: show(found),
        ...(nearest !== undefined && { nearest }),
      }),
  });
  const [problem] = problems;
  if (resolved === null) return problem ?? { path: "fault", rule: "is no fault" };
  return {
    ...resolved,
    zone: zone?.name ?? null,
    forMs: duration === undefined ? null : parseDuration(duration),
  };
}

/** Null for every zone. */
function zoneMeant(host: string | undefined, subject: Injectable): Zone | ProblemDetails | null {
  return host === undefined ? null : zoneNamed(host, subject);
}

function profilesInUse(zone: Zone | null, subject: Injectable): Profile[] {
  const zones = zone === null ? subject.zones : [zone];
  const inUse = zones.flatMap(({ errors, profiles }) => profiles.get(errors.profile) ?? []);
  return [...new Set(inUse)];
}
