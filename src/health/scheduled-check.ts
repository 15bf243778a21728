// One distinct check: run at its interval for as long as somebody wants to know, and told to all who do.

import { clearTimeout, setTimeout } from "node:timers";

import type { MonitorConfig } from "../config/gateway-config.ts";
import { NameResolver } from "../connect/resolve.ts";
import type { Origin } from "../exchange/origin.ts";
import { CheckCounter } from "./check-counter.ts";
import { type CheckSubject, firstHostOf } from "./check-subject.ts";
import { CustomCheck } from "./custom-check.ts";
import { checkByNetwork, type CheckResult, type NetworkParts } from "./network-check.ts";

/** Part of the interval by which a check may come early, so that the checks of many origins spread out. */
const jitter = 0.1;
/** The first check comes within this part of the interval, or this many milliseconds. */
const firstWithin = 0.1;
const firstWithinMs = 5_000;
/** Timers may be early by so many milliseconds. */
const timerMs = 2;

/** Who is told: an origin of a zone, and the zone's host for which its certificate may be good. */
interface Listener {
  readonly origin: Origin;
  readonly host: string;
}

/** A check and everybody who listens to it. */
export class ScheduledCheck {
  readonly #subject: CheckSubject;
  readonly #monitor: MonitorConfig;
  readonly #onResult: (label: string, result: CheckResult) => void;
  readonly #isOwnAddress: NetworkParts["isOwnAddress"];
  readonly #resolver: NameResolver;
  readonly #counter: CheckCounter;
  readonly #custom: CustomCheck | null;
  readonly #listeners = new Map<Origin, Listener>();
  readonly #ended = new AbortController();
  #timer: NodeJS.Timeout | null = null;

  constructor(
    subject: CheckSubject,
    monitor: MonitorConfig,
    isOwnAddress: NetworkParts["isOwnAddress"],
    onResult: (label: string, result: CheckResult) => void,
  ) {
    this.#subject = subject;
    this.#monitor = monitor;
    this.#isOwnAddress = isOwnAddress;
    this.#onResult = onResult;
    this.#resolver = new NameResolver(subject.zone.dnsServers, monitor.timeoutMs);
    this.#counter = new CheckCounter(monitor);
    this.#custom = monitor.module === null ? null : new CustomCheck(monitor.module);
    this.#wait(Math.random() * Math.min(monitor.intervalMs * firstWithin, firstWithinMs));
  }

  /** Of the origin for which it was made: what it finds is counted there. */
  get label(): string {
    return this.#subject.config.label;
  }

  get isWanted(): boolean {
    return this.#listeners.size > 0;
  }

  /** Tells this origin, too. It begins with what is known already. */
  add(origin: Origin, subject: CheckSubject): void {
    this.#listeners.set(origin, { origin, host: firstHostOf(subject) });
    const [known] = this.#listeners.values();
    if (known === undefined || known.origin === origin) return;
    const { verdict, trouble, lastCheck, certificateExpiresAt } = known.origin.standing;
    if (lastCheck === null) return;
    origin.standing.checked(verdict, verdict === "unhealthy" ? trouble : null, lastCheck);
    origin.standing.sawCertificate(certificateExpiresAt);
  }

  delete(origin: Origin): void {
    this.#listeners.delete(origin);
  }

  close(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#ended.abort();
    this.#resolver.close();
    this.#custom?.close();
  }

  #wait(milliseconds: number): void {
    this.#timer = setTimeout(() => void this.#run(), milliseconds);
    this.#timer.unref();
  }

  /** Never rejects: whatever comes of it is a result. */
  async #run(): Promise<void> {
    const startedAt = performance.now();
    const result = await this.#checkWithRetries(startedAt);
    if (this.#ended.signal.aborted) return;
    this.#tell(result, performance.now() - startedAt);
    const { intervalMs } = this.#monitor;
    const next = startedAt + intervalMs * (1 - jitter * Math.random());
    this.#wait(Math.max(0, next - performance.now()));
  }

  /** A check that timed out is repeated at once, as often as the monitor says and the interval allows. */
  async #checkWithRetries(startedAt: number): Promise<CheckResult> {
    const { retries, timeoutMs, intervalMs } = this.#monitor;
    for (let left = retries; ; left -= 1) {
      const begunAt = performance.now();
      // oxlint-disable-next-line no-await-in-loop -- One after the other is what a retry is.
      const result = await this.#check();
      const isTimeout =
        result.trouble !== null && performance.now() - begunAt > timeoutMs - timerMs;
      const mayRepeat = performance.now() + timeoutMs <= startedAt + intervalMs;
      if (!isTimeout || left === 0 || !mayRepeat || this.#ended.signal.aborted) return result;
    }
  }

  async #check(): Promise<CheckResult> {
    if (this.#custom !== null) {
      const trouble = await this.#custom.check(this.#subject.config.targets.http, this.#monitor);
      return { trouble, certificateExpiresAt: null };
    }
    return checkByNetwork(this.#subject, this.#monitor, {
      resolver: this.#resolver,
      isOwnAddress: this.#isOwnAddress,
      hosts: [...this.#listeners.values()].map(({ host }) => host).filter((host) => host !== ""),
      signal: this.#ended.signal,
    });
  }

  #tell(result: CheckResult, tookMs: number): void {
    const { trouble, certificateExpiresAt } = result;
    const isHealthy = this.#counter.add(trouble === null);
    const verdict = isHealthy === null ? "unknown" : isHealthy ? "healthy" : "unhealthy";
    const lastCheck = { at: Date.now(), tookMs, trouble };
    for (const { origin } of this.#listeners.values()) {
      origin.standing.checked(
        verdict,
        isHealthy === false ? (trouble ?? origin.standing.trouble) : null,
        lastCheck,
      );
      origin.standing.sawCertificate(certificateExpiresAt);
    }
    this.#onResult(this.label, result);
  }
}
