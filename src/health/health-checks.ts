// The active checks of a gateway: each distinct one runs once, however many zones have the origin.

import type { MonitorConfig } from "../config/gateway-config.ts";
import type { Origin } from "../exchange/origin.ts";
import { type CheckSubject, identityOf } from "./check-subject.ts";
import type { CheckResult, NetworkParts } from "./network-check.ts";
import { ScheduledCheck } from "./scheduled-check.ts";

/** How often checks of one origin ended one way, for the metric `edgecase_health_checks_total`. */
export interface CheckCount {
  readonly origin: string;
  readonly result: "success" | "failure";
  /** Failure type or finding; empty for a success. */
  readonly failure: string;
  readonly reason: string;
  value: number;
}

/** Every check there is. */
export class HealthChecks {
  readonly #isOwnAddress: NetworkParts["isOwnAddress"];
  readonly #checks = new Map<string, ScheduledCheck>();
  readonly #byOrigin = new Map<Origin, string>();
  readonly #counts = new Map<string, CheckCount>();

  /** `isOwnAddress` tells where the gateway itself listens: a check must not be answered by it. */
  constructor(isOwnAddress: NetworkParts["isOwnAddress"]) {
    this.#isOwnAddress = isOwnAddress;
  }

  /** Begins to check an origin, and to tell its standing. */
  watch(origin: Origin, monitor: MonitorConfig, zone: CheckSubject["zone"]): void {
    const subject = { config: origin.config, zone };
    const identity = `${JSON.stringify(monitor)} ${identityOf(subject)}`;
    let check = this.#checks.get(identity);
    if (check === undefined) {
      check = new ScheduledCheck(subject, monitor, this.#isOwnAddress, (label, result) =>
        this.#count(label, result),
      );
      this.#checks.set(identity, check);
    }
    check.add(origin, subject);
    this.#byOrigin.set(origin, identity);
  }

  /** Nobody wants to know any more how this origin is. */
  forget(origin: Origin): void {
    const identity = this.#byOrigin.get(origin);
    const check = identity === undefined ? undefined : this.#checks.get(identity);
    this.#byOrigin.delete(origin);
    if (identity === undefined || check === undefined) return;
    check.delete(origin);
    if (check.isWanted) return;
    check.close();
    this.#checks.delete(identity);
  }

  get counts(): Iterable<CheckCount> {
    return this.#counts.values();
  }

  close(): void {
    for (const check of this.#checks.values()) check.close();
    this.#checks.clear();
    this.#byOrigin.clear();
  }

  #count(origin: string, { trouble }: CheckResult): void {
    const result = trouble === null ? "success" : "failure";
    const [failure, reason] = [trouble?.type ?? "", trouble?.reason ?? ""];
    const key = `${origin}|${failure}|${reason}`;
    const count = this.#counts.get(key);
    if (count === undefined) this.#counts.set(key, { origin, result, failure, reason, value: 1 });
    else count.value += 1;
  }
}
