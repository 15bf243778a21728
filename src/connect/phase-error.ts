// What `connect` rejects with: which step broke, the code of whoever noticed, and what there is to see. Read only by `classify`.

import type { CertificateFacts } from "./certificate-facts.ts";

/** The three steps of a connection. */
export type ConnectPhase = "dns" | "tcp" | "tls";

/** Things worth showing a person: names, addresses, codes, durations. Never a secret of the gateway. */
export type Evidence = Readonly<Record<string, string | number>>;

/**
 * The failure of one step. `code` is an errno, a c-ares, OpenSSL or X.509 code, or one of our own where nobody else has one:
 * DEADLINE, CLOSED, PROHIBITED, ABORTED.
 */
export class PhaseError extends Error {
  override readonly name = "PhaseError";
  readonly phase: ConnectPhase;
  readonly code: string;
  readonly evidence: Evidence;
  /** What the origin presented, where the certificate is at fault. */
  readonly certificate: CertificateFacts | null;

  constructor(
    phase: ConnectPhase,
    code: string,
    options: { evidence?: Evidence; certificate?: CertificateFacts; cause?: unknown } = {},
  ) {
    // Made for every request to an origin that refuses: where in our code it was made is of no use to anybody.
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = 0;
    super(`${phase}: ${code}`, { cause: options.cause });
    Error.stackTraceLimit = stackTraceLimit;
    this.phase = phase;
    this.code = code;
    this.evidence = options.evidence ?? {};
    this.certificate = options.certificate ?? null;
  }
}

/** The code that an error bears, looked for in its causes and in the members of an AggregateError too; "" if there is none. */
export function codeOf(error: unknown): string {
  for (let at = error, depth = 0; at instanceof Error && depth < 8; at = at.cause, depth += 1) {
    const { code, errors } = at as { code?: unknown; errors?: unknown };
    if (typeof code === "string" && code !== "") return code;
    if (Array.isArray(errors)) return codeOf(errors[0]);
  }
  return "";
}
