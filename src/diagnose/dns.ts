// The DNS layer: which records the resolver has, and whether this machine's own resolver says the same.

import { getServers } from "node:dns";
import { lookup } from "node:dns/promises";
import { isIP } from "node:net";
import { clearTimeout, setTimeout } from "node:timers";

import type { NameResolver, Resolved } from "../connect/resolve.ts";
import { codeOf } from "../connect/phase-error.ts";
import { onOneLine } from "../plain-text.ts";
import { askResolver } from "./ask-resolver.ts";
import { stateOf } from "./layer-state.ts";
import type { DnsReport } from "./report.ts";
import type { Subject } from "./subject.ts";
import type { Trial } from "./trial.ts";

/** What was found out about the name, beside the request. */
export type NameSurvey = Pick<DnsReport, "resolvers" | "records" | "questions"> & {
  readonly name: string | null;
  readonly system: Omit<NonNullable<DnsReport["system"]>, "isSame"> | null;
};

/** Asks for every record of the subject's name, and for the system's view of it. Never rejects. */
export async function surveyName({ zone, decisive, timeoutMs }: Subject): Promise<NameSurvey> {
  const { host } = decisive.target;
  const resolvers = zone.dnsServers.length > 0 ? [...zone.dnsServers] : getServers();
  const [first] = resolvers;
  const isName = host !== "" && isIP(host) === 0;
  if (!isName || first === undefined)
    return { name: isName ? host : null, resolvers, records: [], questions: [], system: null };
  const ask = (type: "A" | "AAAA") => askResolver(first, { name: host, type }, timeoutMs);
  const [a, aaaa, system] = await Promise.all([ask("A"), ask("AAAA"), askSystem(host, timeoutMs)]);
  // Both answers have the CNAME records that lead there.
  const records = new Map(
    [...a.records, ...aaaa.records].map((record) => [
      `${record.type} ${record.name} ${record.value}`,
      { ...record, name: onOneLine(record.name), value: onOneLine(record.value) },
    ]),
  );
  return {
    name: host,
    resolvers,
    records: [...records.values()],
    questions: [
      { type: "A", answer: onOneLine(a.answer), ms: a.ms },
      { type: "AAAA", answer: onOneLine(aaaa.answer), ms: aaaa.ms },
    ],
    system,
  };
}

/** The addresses that the gateway goes by; null where there are none. */
export async function addressesOf(
  trial: Trial,
  resolver: NameResolver,
  timeoutMs: number,
): Promise<Resolved | null> {
  const { host, socketPath } = trial.target;
  if (socketPath !== null || trial.failure?.phase === "dns") return null;
  return resolver.resolve(host, timeoutMs).catch(() => null);
}

/** Tells of the layer. */
export function reportDns(
  { system, ...survey }: NameSurvey,
  decisive: Trial,
  resolved: Resolved | null,
): DnsReport {
  const addresses = [...(resolved?.addresses ?? [])];
  const isSame = addresses.toSorted().join(" ") === system?.addresses.toSorted().join(" ");
  return {
    state: stateOf("dns", decisive),
    ms: decisive.progress.dnsMs,
    ...survey,
    source: resolved?.source ?? null,
    addresses,
    system: system && { ...system, isSame },
  };
}

/** getaddrinfo, as most programs of this machine ask. It cannot be called off, only not waited for. */
async function askSystem(name: string, deadlineMs: number): Promise<NameSurvey["system"]> {
  const startedAt = performance.now();
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    const error = Object.assign(new Error("late"), { code: "ETIMEOUT" });
    timer = setTimeout(() => reject(error), deadlineMs);
  });
  try {
    const found = await Promise.race([lookup(name, { all: true, order: "verbatim" }), late]);
    const addresses = [...new Set(found.map(({ address }) => address))];
    return { addresses, error: null, ms: performance.now() - startedAt };
  } catch (error) {
    return { addresses: [], error: codeOf(error), ms: performance.now() - startedAt };
  } finally {
    clearTimeout(timer);
  }
}
