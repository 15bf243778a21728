// The one value that everything after `exchange` goes by: what the origin did, said once, in RFC 9209's words.

import type { FailureType, Phase } from "../../edge-codes/failure-types.ts";
import type { CertificateFacts } from "../connect/certificate-facts.ts";
import type { Evidence } from "../connect/phase-error.ts";

/** A failure of the origin, or of the gateway's way to it. */
export interface OriginFailure {
  readonly type: FailureType;
  /** From the closed set of its type; null where there is nothing more to say. */
  readonly reason: string | null;
  readonly phase: Phase;
  /** One sentence for the log and the verbose page. May hold addresses and bytes from the wire: escape it. */
  readonly detail: string;
  readonly evidence: Evidence;
  readonly certificate: CertificateFacts | null;
  /** A byte of the request was written: the origin may have acted on it. */
  readonly requestSent: boolean;
  /** The response's head had left for the client: no code could be sent any more. */
  readonly responseStarted: boolean;
  readonly cause: unknown;
}

/** What a classifier finds out; the rest of an {@link OriginFailure} follows from where it happened. */
export interface Finding {
  readonly type: FailureType;
  readonly reason: string | null;
}
