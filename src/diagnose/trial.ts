// One request over one way, as the gateway would send it: the same connection, the same exchange, the same judgement.

import { setImmediate } from "node:timers";

import { classifyOpening } from "../classify/classify-opening.ts";
import type { OriginFailure } from "../classify/origin-failure.ts";
import type { ConnectOptions, ConnectProgress } from "../connect/connect.ts";
import type { NameResolver } from "../connect/resolve.ts";
import type { Target } from "../connect/target.ts";
import { ask, type Asked, type HeadSeen, mayAskAgain, type Question } from "../exchange/asking.ts";
import { ConnectionPool } from "../exchange/connection-pool.ts";
import type { OriginLane } from "../exchange/origin-lane.ts";
import { version } from "../version.ts";
import type { Subject } from "./subject.ts";
import { readTls, type TlsSeen } from "./tls.ts";

/** What became of a second request over the same connection. */
export type SecondRequest = "answered" | "closed" | "failed" | "not_tried";

/** How one request went. */
export interface Trial {
  readonly target: Target;
  /** Null if the origin answered as it should. */
  readonly failure: OriginFailure | null;
  readonly progress: Readonly<ConnectProgress>;
  /** Of the handshake; null where there was none, or it failed. */
  readonly tls: TlsSeen | null;
  /** Null if none came. */
  readonly head: HeadSeen | null;
  /** Null if the response is not what it should be. */
  readonly asked: Asked | null;
  readonly second: SecondRequest;
}

/** What a trial stands on. */
export interface TrialParts {
  readonly resolver: NameResolver;
  readonly signal: AbortSignal;
  /** True for an address and port at which the gateway itself listens. */
  readonly isOwnAddress: (address: string, port: number) => boolean;
}

/** Tries a way once. Never rejects. */
export async function tryWay(target: Target, subject: Subject, parts: TrialParts): Promise<Trial> {
  const trying = new Trying(target, subject, parts);
  try {
    return await trying.run();
  } finally {
    trying.close();
  }
}

class Trying {
  readonly #target: Target;
  readonly #subject: Subject;
  readonly #parts: TrialParts;
  readonly #pool: ConnectionPool;
  readonly #progress: ConnectProgress = { dnsMs: null, tcpMs: null, tlsMs: null, originIp: "" };
  #head: HeadSeen | null = null;
  #tls: TlsSeen | null = null;

  constructor(target: Target, subject: Subject, parts: TrialParts) {
    const { zone, timeoutMs } = subject;
    this.#target = target;
    this.#subject = subject;
    this.#parts = parts;
    this.#pool = new ConnectionPool(target, {
      ...zone.limits,
      waits: { keepAliveMs: timeoutMs, queueMs: timeoutMs },
      isHttp2: target.tls === null ? zone.isHttp2Prior : zone.isHttp2Offered,
    });
  }

  async run(): Promise<Trial> {
    let result: Asked | OriginFailure;
    let second: SecondRequest = "not_tried";
    try {
      let lane = await this.#open();
      result = await this.#ask(lane);
      if (mayAskAgain(result)) {
        lane = await this.#open();
        result = await this.#ask(lane);
      }
      if (!("phase" in result) && result.isWhole) second = await this.#askAgain(lane);
    } catch (error) {
      result = classifyOpening(error);
    }
    const isFailure = "phase" in result;
    return {
      target: this.#target,
      failure: isFailure ? (result as OriginFailure) : null,
      progress: this.#progress,
      tls: this.#tls,
      head: this.#head,
      asked: isFailure ? null : (result as Asked),
      second,
    };
  }

  close(): void {
    this.#pool.close();
  }

  async #open(): Promise<OriginLane> {
    const { timeoutMs, requestHost } = this.#subject;
    const options: ConnectOptions = {
      ...this.#parts,
      requestHost,
      deadlines: { dnsMs: timeoutMs, connectMs: timeoutMs, handshakeMs: timeoutMs },
      progress: this.#progress,
    };
    const lane = await this.#pool.open(options);
    this.#tls ??= readTls(lane.connection, this.#target.tls?.ca ?? null);
    return lane;
  }

  #ask(lane: OriginLane): Promise<Asked | OriginFailure> {
    const onHead = (head: HeadSeen): void => {
      this.#head = head;
    };
    return ask(lane, { ...this.#question(), onHead }, { stepMs: this.#subject.timeoutMs });
  }

  /** Whether the connection serves another request, as one that is kept has to. */
  async #askAgain(lane: OriginLane): Promise<SecondRequest> {
    this.#pool.release(lane);
    // A FIN may be about to come.
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
    const kept = this.#pool.takeIdle(this.#subject.requestHost);
    if (kept === null) return "closed";
    const question = { ...this.#question(), isReused: true };
    const result = await ask(kept, question, { stepMs: this.#subject.timeoutMs });
    if (!("phase" in result)) return "answered";
    return result.type === "connection_terminated" ? "closed" : "failed";
  }

  #question(): Question {
    const { host, path } = this.#subject;
    const fields = [
      "host", host,
      "user-agent", `Edgecase-Diagnose/${version}`,
      "accept", "*/*",
      "accept-encoding", "gzip, br",
    ]; // prettier-ignore
    return { method: "GET", path, fields, keepsLane: true };
  }
}
