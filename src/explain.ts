// What there is to say of a code, a failure type, a reason, or what a check has found: for the command `edgecase explain`, and for the admin API.

import { closest } from "fastest-levenshtein";

import {
  type CheckFinding,
  checkFindings,
  type Code,
  codes,
  type Explanation,
  explanations,
  failureTypes,
  type FailureType,
  type ProfileFacts,
  profiles,
  type ReasonFacts,
  reasons,
} from "../edge-codes/index.ts";

/** Everything that goes by a name. */
export interface Entry {
  readonly kind: "code" | "failure type" | "reason" | "finding of a check";
  readonly name: string;
  readonly title: string;
  readonly facts: Readonly<Record<string, string>>;
  readonly explanation: Explanation | null;
}

/** Every entry of that name: a word can be a reason of several types. */
export function entriesNamed(name: string): Entry[] {
  const wanted = name.toLowerCase().replaceAll("-", "_");
  const found: Entry[] = [];
  if (Object.hasOwn(codes, wanted)) found.push(codeEntry(Number(wanted) as Code));
  if (Object.hasOwn(failureTypes, wanted)) found.push(typeEntry(wanted as FailureType));
  if (Object.hasOwn(checkFindings, wanted)) found.push(findingEntry(wanted as CheckFinding));
  for (const [type, ofType] of Object.entries(reasons) as [
    FailureType,
    Readonly<Record<string, ReasonFacts>>,
  ][]) {
    for (const [reason, facts] of Object.entries(ofType)) {
      if (wanted !== reason && wanted !== `${type}/${reason}`) continue;
      found.push({
        kind: "reason",
        name: `${type}/${reason}`,
        title: facts.title,
        facts: codesOf(type, reason),
        explanation: facts,
      });
    }
  }
  return found;
}

/** The name that an unknown one was probably meant to be. */
export function nearestName(name: string): string {
  return closest(name, allNames());
}

function codeEntry(code: Code): Entry {
  const { title, status, retryable, retryAfterSeconds, category, owner, source } = codes[code];
  const { codes: byType, codesByReason } = profiles.cloudflare;
  const causes = Object.entries({ ...byType, ...codesByReason }).flatMap(([name, given]) =>
    given === code ? [name] : [],
  );
  return {
    kind: "code",
    name: String(code),
    title,
    facts: {
      "HTTP status": String(status),
      meaning: owner,
      "safe to retry": retryable ? `yes, after ${String(retryAfterSeconds)} s` : "no",
      category,
      "given for": causes.join(", ") || "nothing in the profile cloudflare",
      source: `${source.title} (${source.reference})`,
    },
    explanation: null,
  };
}

function typeEntry(type: FailureType): Entry {
  const { title, phase, section } = failureTypes[type];
  const known = Object.keys(reasons[type]).join(", ");
  return {
    kind: "failure type",
    name: type,
    title,
    facts: {
      phase,
      source: `RFC 9209 §${section}`,
      ...codesOf(type),
      ...(known !== "" && { reasons: known }),
    },
    explanation: explanations[type],
  };
}

function findingEntry(name: CheckFinding): Entry {
  const explanation = checkFindings[name];
  const facts = { "told by": "health checks, beside the failure types" };
  return { kind: "finding of a check", name, title: explanation.title, facts, explanation };
}

function codesOf(type: FailureType, reason?: string): Record<string, string> {
  return {
    codes: Object.entries(profiles as Readonly<Record<string, ProfileFacts>>)
      .map(([name, { codes: byType, codesByReason }]) => {
        const code = codesByReason[`${type}/${reason}`] ?? byType[type];
        return `${code} (${name})`;
      })
      .join(", "),
  };
}

function allNames(): string[] {
  return [
    ...Object.keys(codes),
    ...Object.keys(failureTypes),
    ...Object.keys(checkFindings),
    ...Object.values(reasons).flatMap((ofType) => Object.keys(ofType)),
  ];
}
