// Every name of a fault that can be had on any machine, for those who choose from a list. What a name means stands in fault.ts.

import { codes, failureTypes, type FailureType, reasons } from "../../edge-codes/index.ts";
import { catalogue } from "../../fixtures/catalogue.ts";
import { edgeCodeFor } from "../map/edge-code-for.ts";
import type { Profile } from "../map/profile.ts";
import { type Fault, faultNamed, faultOfCode } from "./fault.ts";

/** A name of a fault. */
export interface FaultName {
  readonly name: string;
  /** What has the name; a response is that of the zone's own origin. */
  readonly kind: "response" | "code" | "failure type" | "reason" | "broken origin";
  /** What it is, in a few words. */
  readonly title: string;
}

/** The names that mean a fault in zones with these profiles: the most general first, and each once. */
export function faultNames(profiles: readonly Profile[]): FaultName[] {
  const all: FaultName[] = [
    { name: "cut", kind: "response", title: "The origin's response breaks off" },
    { name: "stall", kind: "response", title: "The origin's response stops midway" },
    ...codeNames(profiles),
    ...typeNames(),
    ...reasonNames(),
    ...originNames(),
  ];
  const byName = new Map(all.toReversed().map((one) => [one.name, one]));
  return all.filter((one) => byName.get(one.name) === one);
}

function codeNames(profiles: readonly Profile[]): FaultName[] {
  const titles = new Map<number, string>();
  for (const profile of profiles) {
    const numbers = [...profile.values()].flatMap(({ code, status }) => [code, status]);
    for (const number of new Set(numbers)) {
      const fault = faultOfCode(number, profile);
      if (fault !== null) titles.set(number, titleOfCode(number) ?? titleIn(profile, fault));
    }
  }
  return [...titles]
    .toSorted(([one], [other]) => one - other)
    .map(([number, title]) => ({ name: String(number), kind: "code", title }));
}

function titleOfCode(number: number): string | undefined {
  const known: Readonly<Record<string, { readonly title: string }>> = codes;
  return Object.hasOwn(known, number) ? known[number]?.title : undefined;
}

/** What a profile calls the failure that a fault leads to. */
function titleIn(profile: Profile, { name }: Fault): string {
  const row = catalogue[name];
  const type = row?.failure ?? (name as FailureType);
  return edgeCodeFor({ type, reason: row?.reason ?? null }, profile).facts.title;
}

function typeNames(): FaultName[] {
  return Object.entries(failureTypes).flatMap(([name, { title }]) =>
    isToBeHad(name) ? [{ name, kind: "failure type", title }] : [],
  );
}

/** A reason's own word where that is clear, else the type before it. */
function reasonNames(): FaultName[] {
  return Object.entries(reasons).flatMap(([type, ofType]) =>
    Object.entries(ofType).flatMap(([reason, { title }]) => {
      const whole = `${type}/${reason}`;
      if (!isToBeHad(whole)) return [];
      return [{ name: isToBeHad(reason) ? reason : whole, kind: "reason" as const, title }];
    }),
  );
}

function originNames(): FaultName[] {
  return Object.entries(catalogue).flatMap(([name, { failure, reason }]) => {
    if (!isToBeHad(name)) return [];
    return [{ name, kind: "broken origin", title: titleOfFailure(failure, reason) }];
  });
}

function titleOfFailure(type: FailureType, reason: string | undefined): string {
  const ofType: Readonly<Record<string, { readonly title: string }>> = reasons[type];
  return ofType[reason ?? ""]?.title ?? failureTypes[type].title;
}

/** It means a fault, and one that needs nothing which a machine may not have. */
function isToBeHad(name: string): boolean {
  const fault = faultNamed(name);
  if ("rule" in fault) return false;
  return fault.kind !== "origin" || catalogue[fault.name]?.needs === undefined;
}
