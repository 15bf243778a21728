// A way to an origin that breaks for real: after so much content its connection is reset, or nothing more is read from it.

import type { Socket } from "node:net";
import { setImmediate } from "node:timers";

import type { LaneHandler, LaneRequest, LaneWatch, OriginLane } from "../exchange/origin-lane.ts";
import type { RawHead } from "../exchange/read-head.ts";
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

  send(request: LaneRequest, handler: LaneHandler): void {
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

  onRequestSent(): void {
    this.#handler.onRequestSent();
  }

  onHead(head: RawHead): void {
    this.#handler.onHead(head);
    if (head.status >= 200 && this.#left === 0) this.#break();
  }

  onUpgrade(head: RawHead, socket: Socket): void {
    this.#handler.onUpgrade(head, socket);
  }

  onData(piece: Buffer): void {
    if (this.#hasBroken) return;
    if (piece.length < this.#left) {
      this.#left -= piece.length;
      return this.#handler.onData(piece);
    }
    this.#handler.onData(piece.subarray(0, this.#left));
    this.#break();
  }

  onComplete(trailers: readonly string[]): void {
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
    this.#lane.destroy(); // It tells of nothing any more: all of the content may have come already.
    this.#lane.connection.socket.destroy(reset);
    setImmediate(() => this.#handler.onError(reset)); // What has come leaves first.
  }
}
