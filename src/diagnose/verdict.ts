// The verdict: the failure in the words of the gateway's own page, and the code that each SSL mode and profile would give for it.

import type { OriginFailure } from "../classify/origin-failure.ts";
import { edgeCodeFor } from "../map/edge-code-for.ts";
import { onOneLine, shorten } from "../plain-text.ts";
import { explain, withPlaces } from "../render/answer.ts";
import { type Layer, layerOf } from "./layer-state.ts";
import type { FailureReport, VerdictReport } from "./report.ts";
import { type Mode, type Subject, wayOf } from "./subject.ts";
import type { Trial } from "./trial.ts";

/** What the command exits with, by the layer at which a diagnosis stops; 0 where it does not, 1 for a fault of our own. */
const exitCodes: Readonly<Record<Layer, number>> = { dns: 10, tcp: 11, tls: 12, http: 13 };

const ownFault = 1;
const longestDetail = 500;

/** The verdict of the decisive trial; `trials` has one for each way that a mode takes. */
export function judge(
  subject: Subject,
  decisive: Trial,
  trials: ReadonlyMap<string, Trial>,
): VerdictReport {
  const { failure } = decisive;
  const codes = subject.modes.map((mode) => codesIn(mode, subject, trials));
  if (failure === null) return allWell(decisive, codes);
  const { title, explanation } = explain(failure);
  const places = { host: subject.requestHost, originIp: decisive.progress.originIp };
  const { whatHappened, likelyCauses, howToCheck, howToFix } = withPlaces(
    explanation,
    places,
    decisive.target,
  );
  const layer = layerOf(decisive);
  return {
    layer,
    exitCode: failure.type === "proxy_internal_error" || layer === null ? ownFault : exitCodes[layer], // prettier-ignore
    failure: reportFailure(failure),
    isAfterHead: decisive.head !== null,
    title,
    whatHappened,
    likelyCauses: [...likelyCauses],
    howToCheck: howToCheck.map((check) => ({ ...check })),
    howToFix: [...howToFix],
    codes,
  };
}

function allWell({ asked }: Trial, codes: VerdictReport["codes"]): VerdictReport {
  return {
    layer: null,
    exitCode: 0,
    failure: null,
    isAfterHead: false,
    title: `The origin answered ${asked?.status ?? 0}, which the gateway passes on`,
    whatHappened: null,
    likelyCauses: [],
    howToCheck: [],
    howToFix: [],
    codes,
  };
}

/** A failure in short, harmless to a terminal. */
export function reportFailure({ type, reason, detail }: OriginFailure): FailureReport {
  return { type, reason, detail: shorten(onOneLine(detail), longestDetail) };
}

function codesIn(
  { ssl, client, target }: Mode,
  { profiles }: Subject,
  trials: ReadonlyMap<string, Trial>,
): VerdictReport["codes"][number] {
  const way = target.tls === null ? "plain" : target.tls.isVerified ? "verified" : "unverified";
  const { failure = null, asked = null } = trials.get(wayOf(target)) ?? {};
  return {
    ssl,
    client,
    way,
    failure: failure?.type ?? null,
    reason: failure?.reason ?? null,
    status: asked?.status ?? null,
    codes: Object.fromEntries(
      failure === null
        ? []
        : [...profiles].map(([name, profile]) => [name, edgeCodeFor(failure, profile).code]),
    ),
  };
}
