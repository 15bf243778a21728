// What an attempt is told, whom it tells, and two of its verdicts.

import type { Socket } from "node:net";

import { ExchangeError } from "../classify/exchange-error.ts";
import type { Attempt } from "./attempt.ts";
import type { RawHead } from "./read-head.ts";
import type { ResponseHead } from "./response-head.ts";

/** What a zone says of an attempt: milliseconds for each wait, already scaled, its limits, and what becomes of content and fields. */
export interface AttemptSettings {
  readonly responseMs: number;
  readonly bodyIdleMs: number;
  readonly writeMs: number;
  readonly isContentChecked: boolean;
  /** Bytes of content to gather before any leave; 0 for none. */
  readonly bufferBytes: number;
  /** The Server field in place of the origin's; null leaves that. */
  readonly server: string | null;
  /** The cookie that is the edge's to set, not the origin's; null for none. */
  readonly ownCookie: string | null;
  /** The most bytes of a request's body. */
  readonly bodyBytes: number;
}

/** What an attempt tells whoever made it. Exactly one of `onComplete` and `onFailed` is called, and last. */
export interface AttemptOwner {
  /** The final head is there and good; the owner calls `begin` when the client may have it. */
  onHead(head: ResponseHead): void;
  onInterim(head: RawHead): void;
  onComplete(attempt: Attempt): void;
  /**
   * The origin goes on in the protocol that was asked for: the connection is the owner's now, and nothing else is called.
   * `head` lacks the empty line at its end.
   */
  onUpgraded(attempt: Attempt, head: string, socket: Socket): void;
  onFailed(attempt: Attempt, error: unknown): void;
}

/** Node will not send a field of the head. */
export function badField(error: unknown): ExchangeError {
  return new ExchangeError("BAD_FIELD", `the head cannot be sent on: ${String(error)}`);
}

/** Content that told its length has been refused before: this one did not. */
export function tooLarge(bodyBytes: number): ExchangeError {
  return new ExchangeError(
    "CONTENT_TOO_LARGE",
    `the request's content passed limits.bodyBytes (${bodyBytes})`,
  );
}
