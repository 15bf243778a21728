// The `errors` of the gateway or of a zone, complete: what is not written is inherited, or has its default.

import { checkProfileName } from "./check-profiles.ts";
import { defaults } from "./defaults.ts";
import { resolveNetworks } from "./resolve-networks.ts";
import type { ErrorSettings, Reveal } from "./gateway-config.ts";
import type { ProblemList, Steps } from "./problem-list.ts";
import type { ErrorsFile, ProfileFile } from "./schema.ts";

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
  const { codes, pages, profile } = { ...defaults.errors, ...inherited, ...written };
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
    cidrs: resolveNetworks([...steps, "cidrs"], cidrs, problems),
    token: problems.readSecret([...steps, "tokenFile"], tokenFile),
  };
}
