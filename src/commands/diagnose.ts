// `edgecase diagnose`: what a person would try by hand against an origin, layer by layer, and where it stops.

import type { SslMode } from "../config/schema.ts";
import { diagnose as runDiagnosis } from "../diagnose/diagnose.ts";
import { toJson } from "../plain-text.ts";
import { usage } from "./ask-admin.ts";
import { diagnosisLines } from "./diagnosis-text.ts";

/** Flags of the command, as commander gives them. */
export interface DiagnoseFlags {
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
  readonly json?: boolean;
}

const longestTimeout = 600;
const secondMs = 1_000;

/** Diagnoses, prints what was found, and exits with the code of the layer that is at fault. */
export async function diagnose(url: string, flags: DiagnoseFlags): Promise<void> {
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
  const progress = new ProgressLine();
  const diagnosis = await runDiagnosis(options, (what) => progress.show(what)).finally(() =>
    progress.clear(),
  );
  process.stdout.write(
    flags.json === true ? `${toJson(diagnosis)}\n` : `${diagnosisLines(diagnosis).join("\n")}\n`,
  );
  process.exitCode = diagnosis.verdict.exitCode;
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
