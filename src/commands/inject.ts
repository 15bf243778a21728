// `edgecase inject`: puts a fault in the way of a running gateway's requests, lists those in force, and clears them.

import type { FaultRequest, FaultView } from "../admin/fault-schemas.ts";
import { type AdminFlags, askAdmin, usage } from "./ask-admin.ts";

/** Flags of the command, as commander gives them. */
export interface InjectFlags extends AdminFlags {
  readonly zone?: string;
  readonly host?: string;
  readonly path?: string;
  readonly method?: string;
  readonly header?: readonly string[];
  readonly rate?: string;
  readonly count?: string;
  readonly delay?: string;
  readonly after?: string;
  readonly seed?: string;
  readonly for?: string;
  readonly list?: boolean;
  /** True for all of them. */
  readonly clear?: string | true;
}

/** A zoo that starts takes a moment. */
const startDeadlineMs = 60_000;

/** Injects, lists or clears, and prints the faults that this is about. */
export async function inject(fault: string | undefined, flags: InjectFlags): Promise<void> {
  const isAboutOthers = flags.list === true || flags.clear !== undefined;
  if (fault !== undefined && isAboutOthers)
    throw usage("fault", "must not stand beside --list or --clear", fault);
  const faults = isAboutOthers ? await listOrClear(flags) : [await injectOne(fault, flags)];
  if (flags.json === true) process.stdout.write(`${JSON.stringify({ faults })}\n`);
  else if (faults.length === 0) process.stderr.write("edgecase: no fault is in force\n");
  else process.stdout.write(faults.map(line).join(""));
}

async function listOrClear(flags: InjectFlags): Promise<readonly FaultView[]> {
  const { clear } = flags;
  if (clear === undefined || clear === true) {
    const request = { path: "/api/faults", isDeleting: clear === true };
    return ((await askAdmin(flags, request)) as { faults: readonly FaultView[] }).faults;
  }
  const path = `/api/faults/${encodeURIComponent(clear)}`;
  const cleared = (await askAdmin(flags, { path, isDeleting: true })) as FaultView | null;
  if (cleared === null) throw usage("--clear", "is not the id of a fault in force", clear);
  return [cleared];
}

async function injectOne(fault: string | undefined, flags: InjectFlags): Promise<FaultView> {
  if (fault === undefined)
    throw usage("fault", "must be named: a code, a failure type, a reason …", "");
  const { zone, host, path, method, header, delay } = flags;
  const match = {
    ...(host !== undefined && { host }),
    ...(path !== undefined && { path }),
    ...(method !== undefined && { method: method.toUpperCase() }),
    ...(header !== undefined && { header: Object.fromEntries(header.map(fieldOf)) }),
  };
  const order: FaultRequest = {
    fault,
    ...(Object.keys(match).length > 0 && { match }),
    ...(zone !== undefined && { zone }),
    ...numberIn("rate", flags.rate),
    ...numberIn("count", flags.count),
    ...numberIn("after", flags.after),
    ...numberIn("seed", flags.seed),
    ...(delay !== undefined && { delay: durationOf(delay) }),
    ...(flags.for !== undefined && { for: durationOf(flags.for) }),
  };
  const request = { path: "/api/faults", order, deadlineMs: startDeadlineMs };
  return (await askAdmin(flags, request)) as FaultView;
}

/** A name and a pattern, as a field is written. */
function fieldOf(written: string): [name: string, pattern: string] {
  const colon = written.indexOf(":");
  if (colon < 1) throw usage("--header", "must be name: value", written);
  return [written.slice(0, colon).trim(), written.slice(colon + 1).trim()];
}

function numberIn(name: string, written: string | undefined): Record<string, number> {
  if (written === undefined) return {};
  const value = Number(written);
  if (written.trim() === "" || Number.isNaN(value))
    throw usage(`--${name}`, "must be a number", written);
  return { [name]: value };
}

/** Bare numbers are milliseconds. */
function durationOf(written: string): string | number {
  return /^\d+$/.test(written) ? Number(written) : written;
}

/** One fault on a line: what, for whom, how often, and how often it was. */
function line({ id, fault, zone, match, endsInMs, ...rest }: FaultView): string {
  const { rate, count, delayMs, after, matched, injected } = rest;
  const words = [
    zone === null ? "every zone" : `zone ${zone}`,
    ...(match.host === null ? [] : [`host ${match.host}`]),
    ...(match.method === null ? [] : [`method ${match.method}`]),
    ...(match.path === null ? [] : [`path ${match.path}`]),
    ...Object.entries(match.header).map(([name, pattern]) => `${name}: ${pattern}`),
    ...(rate === 1 ? [] : [`rate ${rate}`]),
    ...(count === null ? [] : [`at most ${count}`]),
    ...(after === 0 ? [] : [`after ${after} bytes`]),
    ...(delayMs === 0 ? [] : [`delay ${delayMs} ms`]),
    ...(endsInMs === null ? [] : [`for ${Math.ceil(endsInMs / 1_000)} s more`]),
  ];
  return `${id}  ${fault}  ${words.join(", ")}  (${injected} of ${matched})\n`;
}
