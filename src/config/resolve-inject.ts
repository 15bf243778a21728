// Faults to inject, complete. What a fault's name means stands in inject/fault.ts.

import { faultNamed, faultOfCode, type NamedFault } from "../inject/fault.ts";
import type { Profile } from "../map/profile.ts";
import { parseDuration } from "./duration.ts";
import type { FaultRuleConfig, GatewayConfig } from "./gateway-config.ts";
import type { ProblemList, Steps } from "./problem-list.ts";
import type { ConfigFile } from "./schema.ts";
import type { FaultRuleFile } from "./schema-inject.ts";

/** Completes `inject`. `profiles` are those of the zones. */
export function resolveInject(
  { field = false, rules = [] }: NonNullable<ConfigFile["inject"]>,
  profiles: readonly Profile[],
  problems: ProblemList,
): GatewayConfig["inject"] {
  return {
    acceptsField: field,
    rules: rules.flatMap((rule, index) => {
      const resolved = resolveRule(["inject", "rules", index], rule, profiles, problems);
      return resolved === null ? [] : [resolved];
    }),
  };
}

/** Completes one rule, written at `steps`, for zones with these profiles; null if it was reported. */
export function resolveRule(
  steps: Steps,
  rule: FaultRuleFile,
  profiles: readonly Profile[],
  problems: Pick<ProblemList, "report">,
): FaultRuleConfig | null {
  const fault = faultNamed(rule.fault);
  if ("rule" in fault) {
    problems.report([...steps, "fault"], fault.rule, rule.fault, fault.nearest);
    return null;
  }
  if (fault.kind === "code" && !isGiven(fault.code, profiles)) {
    problems.report(
      [...steps, "fault"],
      "is a code that the profile in use has for no failure of an origin",
      rule.fault,
    );
    return null;
  }
  if (rule.after !== undefined && !isLate(fault)) {
    problems.report([...steps, "after"], "is for cut and stall alone", rule.after);
    return null;
  }
  const { match = {} } = rule;
  return {
    fault,
    written: String(rule.fault),
    zone: null,
    match: {
      host: match.host?.toLowerCase() ?? null,
      path: match.path ?? null,
      method: match.method ?? null,
      fields: Object.entries(match.header ?? {}).map(([name, value]) => [
        name.toLowerCase(),
        value,
      ]),
    },
    rate: rule.rate ?? 1,
    count: rule.count ?? null,
    delayMs: parseDuration(rule.delay ?? 0) ?? 0,
    after: rule.after ?? 0,
    seed: rule.seed ?? null,
    forMs: null,
  };
}

/** The origin's own response has it, rather than a broken origin's. */
function isLate({ kind }: NamedFault): boolean {
  return kind === "cut" || kind === "stall";
}

function isGiven(code: number, profiles: readonly Profile[]): boolean {
  return profiles.some((profile) => faultOfCode(code, profile) !== null);
}
