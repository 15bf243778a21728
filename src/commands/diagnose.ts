// `edgecase diagnose`: what a person would try by hand against an origin, layer by layer, and where it stops.

import type { SslMode } from "../config/schema.ts";
import { diagnose as runDiagnosis } from "../diagnose/diagnose.ts";
import type { Diagnosis } from "../diagnose/report.ts";
import { usualTimeoutMs } from "../diagnose/subject.ts";
import { toJson } from "../plain-text.ts";
import { type AdminFlags, askAdmin, usage } from "./ask-admin.ts";
import { diagnosisLines } from "./diagnosis-text.ts";

/** Flags of the command, as commander gives them. */
export interface DiagnoseFlags extends AdminFlags {
  readonly ssl?: SslMode;
  readonly host?: string;
  readonly sni?: string;
  readonly ca?: string;
  readonly resolver?: string[];
  /** Seconds. */
  readonly timeout?: string;
  readonly http2?: boolean;
  readonly h2c?: boolean;
  readonly allAddresses?: boolean;
  /** A host of a zone of a gateway that runs, in place of a URL. */
  readonly zone?: string;
}

const longestTimeout = 600;
const secondMs = 1_000;

/** Steps that wait for a deadline one after the other: four of the request, and three of what comes after it. */
const mostSteps = 12;

/** Diagnoses, prints what was found, and exits with the code of the layer that is at fault. */
export async function diagnose(url: string | undefined, flags: DiagnoseFlags): Promise<void> {
  const progress = new ProgressLine();
  const isZone = flags.zone !== undefined;
  if (isZone === (url !== undefined))
    throw usage("URL", "must be named, or else a zone with --zone", url ?? "");
  const found = isZone ? diagnoseZone(flags, progress) : diagnoseUrl(url ?? "", flags, progress);
  const diagnoses = await found.finally(() => progress.clear());
  const [only] = diagnoses;
  process.stdout.write(
    flags.json === true
      ? `${toJson(isZone ? diagnoses : only)}\n`
      : `${diagnoses.map((one) => diagnosisLines(one).join("\n")).join("\n\n")}\n`,
  );
  process.exitCode = diagnoses.find(({ verdict }) => verdict.exitCode !== 0)?.verdict.exitCode ?? 0;
}

/** From where the running gateway stands, and as its zone has it. */
async function diagnoseZone(flags: DiagnoseFlags, progress: ProgressLine): Promise<Diagnosis[]> {
  const { zone, timeout, allAddresses = false } = flags;
  const foreign = (["ssl", "host", "sni", "ca", "resolver", "http2", "h2c"] as const).find(
    (name) => flags[name] !== undefined,
  );
  if (foreign !== undefined)
    throw usage(`--${foreign}`, "cannot be said of a zone, which has its own", String(zone));
  const timeoutMs = timeout === undefined ? usualTimeoutMs : timeoutIn(timeout);
  progress.show(`the gateway asks the origins of ${zone}`);
  const order = { zone, timeoutMs, allAddresses };
  const deadlineMs = mostSteps * timeoutMs;
  return (await askAdmin(flags, { path: "/api/diagnoses", order, deadlineMs })) as Diagnosis[];
}

async function diagnoseUrl(
  url: string,
  flags: DiagnoseFlags,
  progress: ProgressLine,
): Promise<Diagnosis[]> {
  const { ssl, host, sni, ca, resolver, timeout, http2, h2c, allAddresses } = flags;
  const options = {
    url,
    ...(ssl !== undefined && { ssl }),
    host: host ?? null,
    sni: sni ?? null,
    ca: ca ?? null,
    resolvers: resolver ?? [],
    ...(timeout !== undefined && { timeoutMs: timeoutIn(timeout) }),
    http2: http2 ?? false,
    h2c: h2c ?? false,
    isEachAddress: allAddresses ?? false,
  };
  return [await runDiagnosis(options, (what) => progress.show(what))];
}

function timeoutIn(seconds: string): number {
  const ms = Math.round(Number(seconds) * secondMs);
  if (seconds.trim() !== "" && ms >= 1 && ms <= longestTimeout * secondMs) return ms;
  throw usage("--timeout", `must be seconds, up to ${longestTimeout}`, seconds);
}

/** One line on stderr that says what is being done, where somebody sees it. */
class ProgressLine {
  readonly #isSeen = process.stderr.isTTY;

  show(what: string): void {
    if (this.#isSeen) process.stderr.write(`\r\u001b[K${what} …`);
  }

  clear(): void {
    if (this.#isSeen) process.stderr.write("\r\u001b[K");
  }
}
