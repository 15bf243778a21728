// In the primary: one worker's process, the wire to it, and the file that tells of its requests should it end without a word.

import cluster, { type Worker } from "node:cluster";
import { randomUUID } from "node:crypto";
import { closeSync, openSync, readSync, unlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import type { GatewayConfig } from "../config/gateway-config.ts";
import { flightSlots } from "./flight-recorder.ts";
import { type Flight, FlightSlots, slotBytes } from "./flight-slots.ts";
import type { PrimaryCalls, WorkerCalls } from "./messages.ts";
import { Wire } from "./wire.ts";

/** Where the file is, best first: in memory, or else wherever files may be. */
const places = ["/dev/shm", tmpdir()];

/** The command that a worker is; see commands/worker.ts. */
const workerCommand = "worker";

/** How a process has ended. */
export interface ProcessEnd {
  readonly code: number | null;
  readonly signal: string | null;
}

/** A worker. */
export class WorkerProcess {
  /** Its place among the workers, from 0. A worker that takes the place of another has its index. */
  readonly index: number;
  readonly wire: Wire<WorkerCalls, PrimaryCalls>;
  /** When it began, in milliseconds of `performance.now()`. */
  readonly begunAt = performance.now();
  /** Resolves when its process has ended and all that it said has been heard. */
  readonly ended: Promise<ProcessEnd>;
  /** The configuration that it was told of; null while it has not been told of any. */
  config: GatewayConfig | null = null;
  /** It takes requests. */
  isUp = false;
  /** Number of the last report that came of it. */
  lastReport = 0;
  readonly #worker: Worker;
  /** Null where no file could be made. */
  readonly #flights: number | null;

  /** Starts a process. `calls` is what it may ask of the primary. */
  constructor(index: number, calls: (worker: WorkerProcess) => PrimaryCalls) {
    this.index = index;
    this.#flights = openFlights();
    cluster.setupPrimary({
      args: [workerCommand],
      serialization: "advanced",
      // Node's channel is the fourth, and the file the fifth. What a module prints goes where it would without workers.
      stdio: ["ignore", "inherit", "inherit", "ipc", this.#flights ?? "ignore"],
    });
    const worker = cluster.fork();
    this.#worker = worker;
    this.wire = new Wire(
      (message, done) => worker.send(message as object, undefined, undefined, done),
      calls(this),
    );
    worker.on("message", (message) => this.wire.receive(message as never));
    worker.on("error", () => {}); // What cannot be sent any more: whoever waits for an answer hears of the end.
    this.ended = this.#end();
  }

  get pid(): number {
    return this.#worker.process.pid ?? 0;
  }

  kill(): void {
    this.#worker.process.kill("SIGKILL");
  }

  /** Every request that its file tells of. To be asked once, when it has ended. */
  takeFlights(): Flight[] {
    if (this.#flights === null) return [];
    const bytes = new Uint8Array(flightSlots * slotBytes);
    const length = readSync(this.#flights, bytes, 0, bytes.length, 0);
    closeSync(this.#flights);
    const slots = new FlightSlots(bytes.subarray(0, length));
    return Array.from({ length: slots.count }, (_, slot) => slots.read(slot)).flatMap(
      (flight) => flight ?? [],
    );
  }

  async #end(): Promise<ProcessEnd> {
    const worker = this.#worker;
    const exited = new Promise<ProcessEnd>((resolve) => {
      worker.once("exit", (code: number | null, signal: string | null) =>
        resolve({ code, signal }),
      );
    });
    const disconnected = new Promise<void>((resolve) => {
      worker.once("disconnect", resolve);
    });
    const [end] = await Promise.all([exited, disconnected]);
    this.isUp = false;
    this.wire.close();
    return end;
  }
}

/** A file that has no name any more: it goes with the last process that has it open. */
function openFlights(): number | null {
  for (const place of places) {
    const file = join(place, `edgecase-${randomUUID()}`);
    try {
      const fd = openSync(file, "wx+", 0o600);
      unlinkSync(file);
      return fd;
    } catch {
      // Then the next place.
    }
  }
  return null;
}
