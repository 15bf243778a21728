// `edgecase diagnose`: the way to an origin, layer by layer. First one request exactly as the gateway would send it, whose outcome
// is the verdict; then whatever else there is to find out, as much of it as can be at the same time.

import { NameResolver } from "../connect/resolve.ts";
import type { Target } from "../connect/target.ts";
import { toTenth } from "./durations.ts";
import { addressesOf, reportDns, surveyName } from "./dns.ts";
import { reportHttp } from "./http.ts";
import { layerOf } from "./layer-state.ts";
import type { Diagnosis } from "./report.ts";
import { type DiagnoseOptions, type Subject, subjectOf, wayOf } from "./subject.ts";
import { dialEach, reportTcp } from "./tcp.ts";
import { reportTls, surveyTls } from "./tls.ts";
import { type Trial, type TrialParts, tryWay } from "./trial.ts";
import { version } from "../version.ts";
import { judge, reportFailure } from "./verdict.ts";

/** Told of what is being done, for whoever waits. */
export type OnProgress = (what: string) => void;

/** What a diagnosis stands on. */
export interface DiagnosisParts {
  readonly isEachAddress: boolean;
  readonly onProgress: OnProgress;
  readonly signal: AbortSignal;
  /** True for an address and port at which the gateway itself listens, if there is one. */
  readonly isOwnAddress?: (address: string, port: number) => boolean;
}

/** Diagnoses. Throws {@link ConfigError} for options that are none; whatever the origin does is in the result. */
export async function diagnose(
  options: DiagnoseOptions,
  onProgress: OnProgress = () => {},
  signal: AbortSignal = new AbortController().signal,
): Promise<Diagnosis> {
  const { isEachAddress = false } = options;
  return diagnoseSubject(subjectOf(options), { isEachAddress, onProgress, signal });
}

/** Diagnoses what has been completed already. Never rejects. */
export async function diagnoseSubject(
  subject: Subject,
  { isEachAddress, onProgress, signal, isOwnAddress = () => false }: DiagnosisParts,
): Promise<Diagnosis> {
  const resolver = new NameResolver(subject.zone.dnsServers, subject.timeoutMs);
  try {
    const parts = { resolver, signal, isOwnAddress };
    return await goThrough(subject, { isEachAddress, onProgress, parts });
  } finally {
    resolver.close();
  }
}

async function goThrough(
  subject: Subject,
  {
    isEachAddress,
    onProgress,
    parts,
  }: Pick<DiagnosisParts, "isEachAddress" | "onProgress"> & { readonly parts: TrialParts },
): Promise<Diagnosis> {
  const startedAt = performance.now();
  const { timeoutMs } = subject;
  const { ssl, client, target } = subject.decisive;
  onProgress(`asking ${subject.url} as the gateway would`);
  const [decisive, name] = await Promise.all([
    tryWay(target, subject, parts),
    surveyName(subject), // Another server's work: it does not disturb the origin.
  ]);
  onProgress("trying each address and SSL mode");
  const resolved = await addressesOf(decisive, parts.resolver, timeoutMs);
  const addresses = resolved?.addresses ?? [];
  const [trials, dialled, each] = await Promise.all([
    tryOtherWays(subject, decisive, parts),
    dialEach(target, addresses, { timeoutMs, signal: parts.signal }),
    isEachAddress ? tryEach(subject, addresses, parts) : [],
  ]);
  if (decisive.tls !== null || decisive.progress.tlsMs !== null) onProgress("probing TLS");
  const probes = await surveyTls(subject, decisive, parts.signal);
  const unverified = [...trials.values()].find(({ target: { tls } }) => tls?.isVerified === false);
  return toTenth({
    edgecase: version,
    url: subject.url,
    host: subject.host,
    path: subject.path,
    ssl,
    client,
    timeoutMs,
    totalMs: performance.now() - startedAt,
    dns: reportDns(name, decisive, resolved),
    tcp: reportTcp(decisive, dialled),
    tls: reportTls(subject, decisive, { unverified: unverified ?? null, probes }),
    http: reportHttp(subject, decisive),
    addresses: each,
    verdict: judge(subject, decisive, trials),
  });
}

/** One trial for each way that some mode takes. Without a fault in the certificate, validating it makes no difference. */
async function tryOtherWays(
  subject: Subject,
  decisive: Trial,
  parts: TrialParts,
): Promise<ReadonlyMap<string, Trial>> {
  const trials = new Map([[wayOf(decisive.target), decisive]]);
  const others = new Map(
    subject.modes
      .map(({ target }) => [wayOf(target), target] as const)
      .filter(([way]) => !trials.has(way)),
  );
  const found = await Promise.all(
    [...others].map(async ([way, target]) => [way, await tryOther(target)] as const),
  );
  return new Map([...trials, ...found]);

  async function tryOther(target: Target): Promise<Trial> {
    const isAlike =
      decisive.target.tls !== null &&
      target.tls !== null &&
      target.port === decisive.target.port &&
      decisive.target.tls.isVerified &&
      decisive.failure?.type !== "tls_certificate_error";
    return isAlike ? { ...decisive, target } : tryWay(target, subject, parts);
  }
}

async function tryEach(
  subject: Subject,
  addresses: readonly string[],
  parts: TrialParts,
): Promise<Diagnosis["addresses"]> {
  return Promise.all(
    addresses.map(async (address) => {
      const startedAt = performance.now();
      const trial = await tryWay({ ...subject.decisive.target, address }, subject, parts);
      return {
        address,
        layer: layerOf(trial),
        failure: trial.failure && reportFailure(trial.failure),
        status: trial.asked?.status ?? null,
        ms: performance.now() - startedAt,
      };
    }),
  );
}
