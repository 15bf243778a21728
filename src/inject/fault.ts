// What a fault is called, and which real one is meant: a broken origin of the zoo, or a response of the zone's own that breaks off.

import { closest } from "fastest-levenshtein";

import { failureTypes, reasons, type FailureType } from "../../edge-codes/index.ts";
import { catalogue } from "../../fixtures/catalogue.ts";
import { edgeCodeFor } from "../map/edge-code-for.ts";
import type { Profile } from "../map/profile.ts";
import { usualFaults } from "./usual-faults.ts";

/** A fault that can be caused. */
export type Fault =
  /** The request goes to this broken origin instead. */
  | { readonly kind: "origin"; readonly name: string }
  /** The request goes its way, and the origin's response breaks off, or stops, after so much content. */
  | { readonly kind: "cut" | "stall"; readonly name: string }
  /** The zone has no origin that may serve, or no connection to spare; `name` is the failure's type. */
  | { readonly kind: "edge"; readonly name: EdgeFault };

/** Failures that a zone's own settings can lead to. */
type EdgeFault = "destination_unavailable" | "connection_limit_reached";

/** A fault as it was named; a code means another one in another profile. */
export type NamedFault = Fault | { readonly kind: "code"; readonly code: number };

/** Why a name means no fault. */
export interface NoFault {
  readonly rule: string;
  readonly nearest?: string;
}

const edgeFaults: readonly EdgeFault[] = ["destination_unavailable", "connection_limit_reached"];

/** Understands a code, a failure type, `type/reason`, a reason, a broken origin's name, `cut` or `stall`. */
export function faultNamed(written: string | number): NamedFault | NoFault {
  const name = String(written);
  if (/^\d+$/.test(name)) return { kind: "code", code: Number(name) };
  if (name === "cut" || name === "stall") return { kind: name, name };
  if (Object.hasOwn(failureTypes, name)) return faultOfType(name as FailureType);
  const [type = "", reason] = name.split("/", 2);
  if (reason !== undefined)
    return faultOfReason(type, reason) ?? { rule: "is no failure that a broken origin shows" };
  return faultOfWord(name);
}

/** The fault that makes a zone with this profile answer with a code or status; null if none does. */
export function faultOfCode(code: number, profile: Profile): Fault | null {
  const isMeant = (type: FailureType, reason: string | null): boolean => {
    const given = edgeCodeFor({ type, reason }, profile);
    return given.code === code || given.status === code;
  };
  const usual = Object.values(usualFaults).map((name) => [name, catalogue[name]] as const);
  const others = Object.entries(catalogue).filter(([, { isPlain }]) => isPlain);
  for (const [name, row] of [...usual, ...others])
    if (row !== undefined && isMeant(row.failure, row.reason ?? null))
      return { kind: "origin", name };
  const ofEdge = edgeFaults.find((name) => isMeant(name, null));
  return ofEdge === undefined ? null : { kind: "edge", name: ofEdge };
}

function faultOfType(type: FailureType): Fault | NoFault {
  const ofEdge = edgeFaults.find((name) => name === type);
  if (ofEdge !== undefined) return { kind: "edge", name: ofEdge };
  const usual: Readonly<Partial<Record<FailureType, string>>> = usualFaults;
  const name = usual[type];
  return name === undefined
    ? { rule: "is no failure of an origin, and cannot be injected" }
    : { kind: "origin", name };
}

/** The broken origin that shows a reason best. */
function faultOfReason(type: string, reason: string): Fault | null {
  const rows = Object.entries(catalogue).filter(
    ([, row]) => row.failure === type && row.reason === reason,
  );
  const plain = rows.filter(([, { isPlain }]) => isPlain);
  const namesake = plain.find(([name]) => name === reason.replaceAll("_", "-"));
  const [name] = namesake ?? plain[0] ?? rows[0] ?? [];
  return name === undefined ? null : { kind: "origin", name };
}

/** A reason, or a broken origin: a word that is both, or a reason of several types, must say more. */
function faultOfWord(word: string): Fault | NoFault {
  const found = new Map<string, Fault>();
  for (const [type, known] of Object.entries(reasons)) {
    if (!Object.hasOwn(known, word)) continue;
    const fault = faultOfReason(type, word);
    if (fault !== null) found.set(type, fault);
  }
  const own = Object.hasOwn(catalogue, word) ? catalogue[word] : undefined;
  if (own !== undefined) {
    const isTheSame = found.size === 0 || (found.size === 1 && found.has(own.failure));
    if (isTheSame) return { kind: "origin", name: word };
  }
  const [only, second] = found.values();
  if (only === undefined)
    return {
      rule: "is no code, failure type, reason or broken origin that fails",
      nearest: closest(word, words()),
    };
  if (second === undefined && own === undefined) return only;
  const meanings = [...found.keys()].map((type) => `${type}/${word}`);
  if (own !== undefined) meanings.push(own.failure);
  return { rule: `may mean ${meanings.join(" or ")}: say which` };
}

/** Every word that means a fault. */
function words(): string[] {
  return [
    "cut",
    "stall",
    ...Object.keys(usualFaults),
    ...edgeFaults,
    ...Object.values(reasons).flatMap((known) => Object.keys(known)),
    ...Object.keys(catalogue),
  ];
}
