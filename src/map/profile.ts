// Profiles ready for use: for every failure type, and where a row says so for a reason, the code to answer with.

import { STATUS_CODES } from "node:http";

import { type Code, type CodeFacts, codes, profiles as shipped } from "../../edge-codes/index.ts";
import type { ProfileFile } from "../config/schema.ts";
import type { EdgeCode } from "./edge-code.ts";

/** Rows by `type` (every type has one) and by `type/reason`. */
export type Profile = ReadonlyMap<string, EdgeCode>;

/** Every profile by name: those that ship, and the config's own, which `checkProfiles` has found sound. */
export function compileProfiles(
  custom: Readonly<Record<string, ProfileFile>>,
): ReadonlyMap<string, Profile> {
  const compiled = new Map<string, Profile>();
  for (const [name, { codes: rows, codesByReason }] of Object.entries(shipped)) {
    const entries = Object.entries({ ...rows, ...codesByReason }) as [string, Code][];
    compiled.set(name, new Map(entries.map(([row, code]) => [row, shippedCode(code)])));
  }
  const compile = (name: string): Profile => {
    const known = compiled.get(name);
    const file = custom[name];
    if (known !== undefined || file === undefined) return known ?? new Map();
    const rows = Object.entries(file.codes ?? {}).map(
      ([row, { status, error }]) => [row, customCode(status, error)] as const,
    );
    const profile = new Map([...compile(file.extends), ...rows]);
    compiled.set(name, profile);
    return profile;
  };
  for (const name of Object.keys(custom)) compile(name);
  return compiled;
}

/** Every code that any of these can answer with, in order: counters start at 0 for each. */
export function codesOf(profiles: ReadonlyMap<string, Profile>): number[] {
  const codesUsed = rowsOf(profiles).map(({ code }) => code);
  return [...new Set(codesUsed)].toSorted((left, right) => left - right);
}

/** Every status that goes with any of these codes. */
export function statusesOf(profiles: ReadonlyMap<string, Profile>): number[] {
  return [...new Set(rowsOf(profiles).map(({ status }) => status))];
}

function rowsOf(profiles: ReadonlyMap<string, Profile>): EdgeCode[] {
  return [...profiles.values()].flatMap((profile) => [...profile.values()]);
}

function shippedCode(code: Code): EdgeCode {
  return { code, status: codes[code].status, facts: codes[code] };
}

/** A row of the user's own: the facts of a known code where there are some, else plain words for its status. */
function customCode(status: number, error: number | undefined): EdgeCode {
  const code = error ?? status;
  const known: CodeFacts | undefined = Object.hasOwn(codes, code) ? codes[code as Code] : undefined;
  const title = STATUS_CODES[status] ?? "Error";
  const facts: CodeFacts = known ?? {
    ...codes[502],
    code,
    status,
    title,
    name: title.toLowerCase().replaceAll(/\W+/g, "_"),
    retryAfterSeconds: null,
  };
  return { code, status, facts };
}
