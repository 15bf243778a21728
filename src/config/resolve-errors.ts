// The `errors` of the gateway or of a zone, complete: what is not written is inherited, or has its default.

import ipaddr from "ipaddr.js";

import { checkProfileName } from "./check-profiles.ts";
import type { ErrorSettings, Reveal } from "./gateway-config.ts";
import type { ProblemList, Steps } from "./problem-list.ts";
import { defaultsOf, type ErrorsFile, errorsSchema, type ProfileFile } from "./schema.ts";

/** Completes what is written at `steps`; `inherited` is the gateway's own, for a zone. */
export function resolveErrors(
  steps: Steps,
  written: ErrorsFile | undefined,
  inherited: ErrorSettings | undefined,
  {
    problems,
    profiles,
  }: { problems: ProblemList; profiles: Readonly<Record<string, ProfileFile>> },
): ErrorSettings {
  const { codes, pages, profile } = { ...defaultsOf(errorsSchema), ...inherited, ...written };
  const problem = checkProfileName(profile, profiles);
  if (problem !== null)
    problems.report([...steps, "profile"], problem.rule, profile, problem.nearest);
  const reveal =
    written?.reveal === undefined && inherited !== undefined
      ? inherited.reveal
      : resolveReveal([...steps, "reveal"], written?.reveal, problems);
  return { codes, pages, profile, reveal };
}

function resolveReveal(steps: Steps, written: ErrorsFile["reveal"], problems: ProblemList): Reveal {
  const { cidrs = [], tokenFile = null } = written ?? {};
  return {
    cidrs: cidrs.flatMap((cidr, index) => {
      const network = toNetwork(cidr);
      if (network === null)
        problems.report([...steps, "cidrs", index], "must be a network such as 192.0.2.0/24", cidr);
      return network === null ? [] : [network];
    }),
    token: problems.readSecret([...steps, "tokenFile"], tokenFile),
  };
}

function toNetwork(cidr: string): [ipaddr.IPv4 | ipaddr.IPv6, number] | null {
  try {
    return ipaddr.parseCIDR(cidr);
  } catch {
    return null;
  }
}
