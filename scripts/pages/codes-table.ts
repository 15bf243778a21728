// README's table of codes, from edge-codes/.

import {
  type CodeFacts,
  codes,
  type FailureType,
  failureTypes,
  type ProfileName,
  profiles,
} from "../../edge-codes/index.ts";
import { table } from "./markdown.ts";

const shipped: ProfileName = "cloudflare";
const types = Object.keys(failureTypes) as FailureType[];
const all: readonly CodeFacts[] = Object.values(codes);

/** A row for every code; what it is given for is by the default profile. */
export function codesTable(): string {
  return table(
    ["code", "title", "when", "safe to retry", "retry-after"],
    all.map((facts) => [
      `\`${facts.code}\`${facts.code === facts.status ? "" : ` (status ${facts.status})`}`,
      facts.title,
      whenGiven(facts.code),
      retrySafety(facts),
      facts.retryAfterSeconds === null ? "–" : `${facts.retryAfterSeconds} s`,
    ]),
  );
}

function whenGiven(code: number): string {
  if (typesWith(shipped, code).length > 0) return listed(typesWith(shipped, code));
  if (reasonsWith(shipped, code).length > 0) return listed(reasonsWith(shipped, code));
  const other = (Object.keys(profiles) as ProfileName[]).find(
    (name) => typesWith(name, code).length > 0,
  );
  if (other !== undefined) return `profile \`${other}\` only: ${listed(typesWith(other, code))}`;
  const carried = all.filter((facts) => facts.status === code && facts.code !== code);
  return `the status that carries ${listed(carried.map((facts) => facts.code))}`;
}

/** A failure before HTTP reached no origin; one after it may have come too late for that. */
function retrySafety({ code, retryable }: CodeFacts): string {
  if (!retryable) return "no";
  const given = typesWith(shipped, code);
  const mayHaveActed = given.some(
    (type) => failureTypes[type].phase === "http" || type === "proxy_internal_error",
  );
  return given.length === 0 || mayHaveActed ? "if the request may be repeated" : "yes";
}

function typesWith(profile: ProfileName, code: number): FailureType[] {
  return types.filter((type) => profiles[profile].codes[type] === code);
}

function reasonsWith(profile: ProfileName, code: number): string[] {
  const rows = Object.entries(profiles[profile].codesByReason);
  return rows.flatMap(([row, given]) => (given === code ? [row] : []));
}

function listed(names: readonly (string | number)[]): string {
  return names.map((name) => `\`${name}\``).join(", ");
}
