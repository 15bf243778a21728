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

/** How the checks of one origin ended, whatever their monitors. */
interface Tally {
  /** Checks that there are of it; with the last one its counts go. */
  checks: number;
  readonly counts: Map<string, CheckCount>;
}

/** Every check there is. */
export class HealthChecks {
  readonly #isOwnAddress: NetworkParts["isOwnAddress"];
  readonly #checks = new Map<string, ScheduledCheck>();
  readonly #byOrigin = new Map<Origin, string>();
  /** By label. */
  readonly #tallies = new Map<string, Tally>();

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
      this.#tallyOf(check.label).checks += 1;
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
    const tally = this.#tallyOf(check.label);
    tally.checks -= 1;
    if (tally.checks === 0) this.#tallies.delete(check.label);
  }

  get counts(): Iterable<CheckCount> {
    return [...this.#tallies.values()].flatMap(({ counts }) => [...counts.values()]);
  }

  close(): void {
    for (const check of this.#checks.values()) check.close();
    this.#checks.clear();
    this.#byOrigin.clear();
  }

  #tallyOf(label: string): Tally {
    const tally = this.#tallies.get(label) ?? { checks: 0, counts: new Map() };
    this.#tallies.set(label, tally);
    return tally;
  }

  #count(origin: string, { trouble }: CheckResult): void {
    const result = trouble === null ? "success" : "failure";
    const [failure, reason] = [trouble?.type ?? "", trouble?.reason ?? ""];
    const { counts } = this.#tallyOf(origin);
    const key = `${failure}|${reason}`;
    const count = counts.get(key);
    if (count === undefined) counts.set(key, { origin, result, failure, reason, value: 1 });
    else count.value += 1;
  }
}
