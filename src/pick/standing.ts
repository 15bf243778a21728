// How an origin stands among the others: what its checks say, what real requests say, and how much of its share it has.

import { clearTimeout, setTimeout } from "node:timers";

import type { CheckFinding } from "../../edge-codes/check-findings.ts";
import type { FailureType } from "../../edge-codes/failure-types.ts";
import type { OriginFailure } from "../classify/origin-failure.ts";
import type { PassiveConfig } from "../config/gateway-config.ts";

/** What the checks of an origin have found; `unknown` before the first has ended, or where there are none. */
export type Verdict = "unknown" | "healthy" | "unhealthy";

/** What is wrong with an origin, in the words of a failure: a type, and a reason of its closed set. */
export interface Trouble {
  readonly type: FailureType | CheckFinding;
  readonly reason: string | null;
  /** One sentence. May hold bytes from the wire: escape it. */
  readonly detail: string;
}

/** The last check of an origin, whatever its verdict. */
export interface LastCheck {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly tookMs: number;
  readonly trouble: Trouble | null;
}

/** A change of an origin's standing. `returned` ends a cool-down; `healthy` after `unhealthy` does, too. */
export interface StandingChange {
  readonly to: "healthy" | "unhealthy" | "ejected" | "returned";
  /** Null where nothing is wrong. */
  readonly trouble: Trouble | null;
}

/** How an origin stands, for another process that goes by it. Durations are in milliseconds. */
export interface StandingState {
  readonly verdict: Verdict;
  readonly trouble: Trouble | null;
  readonly lastCheck: LastCheck | null;
  /** Null unless it is taken out. */
  readonly ejection: { readonly trouble: Trouble | null; readonly leftMs: number } | null;
  /** For how long it has been coming back; null when it is not. */
  readonly risenMs: number | null;
}

/** Told of what changes. */
export interface StandingListener {
  onChange(change: StandingChange): void;
  /** A check has ended, whatever it has changed. */
  onChecked?(): void;
  /** A request has failed that counts against it. */
  onFailed?(trouble: Trouble): void;
  /** The origin's certificate ends at another time than it did. */
  onCertificate(): void;
}

/** How a request at an origin ended. */
export interface Outcome {
  /** The origin's failure; null if it answered. */
  readonly trouble: Trouble | null;
  /** Status that the origin sent; 0 if it sent none. */
  readonly status: number;
}

/** No share is smaller, or an origin that comes back would never be tried. */
const leastShare = 0.05;

/** How often a cool-down doubles at most. */
const mostDoublings = 3;

/** One origin's standing. Times are milliseconds of `performance.now()`, unless they say otherwise. */
export class Standing {
  /** Requests that it has under way. */
  outstanding = 0;
  /** How often it was taken out because of real requests. */
  ejections = 0;
  /** When the verdict last changed, in milliseconds since the epoch; 0 if it never did. */
  changedAt = 0;
  /** Null before the first check, or where there are none. */
  lastCheck: LastCheck | null = null;
  /** When the certificate that it showed last expires, in milliseconds since the epoch; null if it showed none. */
  certificateExpiresAt: number | null = null;
  #verdict: Verdict = "unknown";
  #trouble: Trouble | null = null;
  readonly #passive: PassiveConfig;
  readonly #listener: StandingListener;
  readonly #failedAt: number[] = [];
  #ejectedUntil = 0;
  #ejectionTrouble: Trouble | null = null;
  #doublings = 0;
  #returnedAt = Number.NEGATIVE_INFINITY;
  /** Since when it has been coming back; 0 when it is not. */
  #risingSince = 0;
  #timer: NodeJS.Timeout | null = null;

  constructor(passive: PassiveConfig, listener: StandingListener) {
    this.#passive = passive;
    this.#listener = listener;
  }

  get verdict(): Verdict {
    return this.#verdict;
  }

  /** Why its checks fail, or, while it is ejected, why it is; null if nothing is wrong. */
  get trouble(): Trouble | null {
    return this.#trouble ?? this.#ejectionTrouble;
  }

  get isEjected(): boolean {
    return this.#ejectedUntil !== 0;
  }

  /** Its checks do not fail; they may not have said anything yet. */
  get isPassing(): boolean {
    return this.#verdict !== "unhealthy";
  }

  /** Neither its checks nor real requests speak against it. */
  get isGood(): boolean {
    return this.isPassing && !this.isEjected;
  }

  /** Its last check was good, although it may take more of them until it is trusted again. */
  get isWell(): boolean {
    return this.isPassing || this.lastCheck?.trouble === null;
  }

  /** Takes what the checks have come to. */
  checked(verdict: Verdict, trouble: Trouble | null, lastCheck: LastCheck): void {
    this.#trouble = trouble;
    this.lastCheck = lastCheck;
    if (verdict !== this.#verdict) this.#turn(verdict, trouble);
    this.#listener.onChecked?.();
  }

  /** As another process needs to know it. */
  get state(): StandingState {
    const now = performance.now();
    return {
      verdict: this.#verdict,
      trouble: this.#trouble,
      lastCheck: this.lastCheck,
      ejection: this.isEjected
        ? { trouble: this.#ejectionTrouble, leftMs: this.#ejectedUntil - now }
        : null,
      risenMs: this.#risingSince === 0 ? null : now - this.#risingSince,
    };
  }

  /** Stands from now on as it does in another process, which also ends what it begins. */
  follow({ verdict, trouble, lastCheck, ejection, risenMs }: StandingState): void {
    const now = performance.now();
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    this.#failedAt.length = 0;
    this.#verdict = verdict;
    this.#trouble = trouble;
    this.lastCheck = lastCheck;
    this.#ejectedUntil = ejection === null ? 0 : now + ejection.leftMs;
    this.#ejectionTrouble = ejection?.trouble ?? null;
    this.#risingSince = risenMs === null ? 0 : now - risenMs;
  }

  /** Takes the expiry of the certificate that the origin has shown, if it has shown one. */
  sawCertificate(expiresAt: number | null): void {
    if (expiresAt === null || expiresAt === this.certificateExpiresAt) return;
    this.certificateExpiresAt = expiresAt;
    this.#listener.onCertificate();
  }

  /** Takes how a request ended. `mayEject` is asked before the origin is taken out: the last one is not. */
  ended({ trouble, status }: Outcome, mayEject: () => boolean): void {
    const { failures, windowMs, statuses } = this.#passive;
    const isFailed = trouble !== null || statuses.has(status);
    if (failures === 0 || this.isEjected) return;
    if (!isFailed) return;
    this.#listener.onFailed?.(trouble ?? statusTrouble(status));
    const now = performance.now();
    this.#failedAt.push(now);
    while (this.#failedAt.length > failures || now - (this.#failedAt[0] ?? now) > windowMs)
      this.#failedAt.shift();
    // Whoever has just come back is not waited for a second time.
    if (this.#failedAt.length < failures && this.share === 1) return;
    if (mayEject()) this.#eject(trouble ?? statusTrouble(status), now);
  }

  /** How much of its weight counts, 0.05 to 1: all of it, unless it is coming back. */
  get share(): number {
    if (this.#risingSince === 0) return 1;
    const grown = (performance.now() - this.#risingSince) / this.#passive.slowStartMs;
    if (grown < 1) return Math.max(leastShare, grown);
    this.#risingSince = 0;
    return 1;
  }

  close(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
  }

  #turn(verdict: Verdict, trouble: Trouble | null): void {
    const isBack = this.#verdict === "unhealthy" && verdict === "healthy";
    this.#verdict = verdict;
    this.changedAt = Date.now();
    // What requests had against it was the same, and is over: it need not sit out its cool-down.
    if (isBack) this.#comeBack();
    if (verdict !== "unknown") this.#listener.onChange({ to: verdict, trouble });
  }

  #eject(trouble: Trouble, now: number): void {
    const { coolDownMs } = this.#passive;
    // A cool-down that did not help is followed by a longer one; one that held for its own length is forgotten.
    const isAgain = now - this.#returnedAt < coolDownMs * 2 ** this.#doublings;
    this.#doublings = isAgain ? Math.min(this.#doublings + 1, mostDoublings) : 0;
    const outMs = coolDownMs * 2 ** this.#doublings;
    this.#failedAt.length = 0;
    this.#ejectedUntil = now + outMs;
    this.#ejectionTrouble = trouble;
    this.ejections += 1;
    this.#timer = setTimeout(() => this.#return(), outMs);
    this.#timer.unref();
    this.#listener.onChange({ to: "ejected", trouble });
  }

  #return(): void {
    this.#comeBack();
    this.#listener.onChange({ to: "returned", trouble: null });
  }

  #comeBack(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    if (this.isEjected) this.#returnedAt = performance.now();
    this.#ejectedUntil = 0;
    this.#ejectionTrouble = null;
    if (this.#passive.slowStartMs > 0) this.#risingSince = performance.now();
  }
}

/** What is kept of a failure after its request, or its check, is over. */
export function troubleOf({ type, reason, detail }: OriginFailure): Trouble {
  return { type, reason, detail };
}

function statusTrouble(status: number): Trouble {
  return {
    type: "response_code_mismatch",
    reason: null,
    detail: `the origin answered ${status}, which passive.statuses counts as a failure`,
  };
}
