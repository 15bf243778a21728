// A way to an origin that breaks for real: after so much content its connection is reset, or nothing more is read from it.

import type { Dispatcher } from "undici";

import type { LaneHandler, LaneWatch, OriginLane } from "../exchange/origin-lane.ts";
import type { LateFault } from "./injected.ts";

/** A lane for one request, whose response does not come to its end. */
export class BrokenLane implements OriginLane {
  readonly #lane: OriginLane;
  readonly #fault: LateFault;

  constructor(lane: OriginLane, fault: LateFault) {
    this.#lane = lane;
    this.#fault = fault;
  }

  get connection(): OriginLane["connection"] {
    return this.#lane.connection;
  }

  get wire(): LaneWatch {
    return this.#lane.wire;
  }

  get requests(): number {
    return this.#lane.requests;
  }

  send(request: Dispatcher.DispatchOptions, handler: LaneHandler): void {
    this.#lane.send(request, new BreakingHandler(this.#lane, handler, this.#fault));
  }

  destroy(): void {
    this.#lane.destroy();
  }

  /** Never: whatever follows shall not find a fault in its way. */
  finish(): boolean {
    this.#lane.destroy();
    return false;
  }
}

/** Passes on what comes, until it is enough. */
class BreakingHandler implements LaneHandler {
  readonly #lane: OriginLane;
  readonly #handler: LaneHandler;
  readonly #fault: LateFault;
  #left: number;
  #hasBroken = false;

  constructor(lane: OriginLane, handler: LaneHandler, fault: LateFault) {
    this.#lane = lane;
    this.#handler = handler;
    this.#fault = fault;
    this.#left = fault.after;
  }

  onConnect(abort: (error?: Error) => void): void {
    this.#handler.onConnect(abort);
  }

  onRequestSent(): void {
    this.#handler.onRequestSent();
  }

  onHeaders(status: number, rawFields: Buffer[], resume: () => void, reason: string): boolean {
    const isGoingOn = this.#handler.onHeaders(status, rawFields, resume, reason);
    if (status >= 200 && this.#left === 0) this.#break();
    return isGoingOn;
  }

  onUpgrade(...upgraded: Parameters<NonNullable<LaneHandler["onUpgrade"]>>): void {
    this.#handler.onUpgrade?.(...upgraded);
  }

  onData(chunk: Buffer): boolean {
    if (this.#hasBroken) return true;
    if (chunk.length < this.#left) {
      this.#left -= chunk.length;
      return this.#handler.onData(chunk);
    }
    this.#handler.onData(chunk.subarray(0, this.#left));
    this.#break();
    return true;
  }

  onComplete(trailers: string[] | null): void {
    if (!this.#hasBroken) this.#handler.onComplete(trailers);
  }

  onError(error: Error): void {
    this.#handler.onError(error);
  }

  #break(): void {
    this.#hasBroken = true;
    // A stall is waited out by whoever reads; the origin meanwhile fills what it may.
    if (this.#fault.kind === "stall") return this.#lane.wire.hold();
    const reset = Object.assign(new Error("read ECONNRESET"), { code: "ECONNRESET" });
    this.#lane.connection.socket.destroy(reset);
  }
}
