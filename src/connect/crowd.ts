// Many requests at once for an origin that refuses connections: while it does, one of them dials, and those who come meanwhile are
// refused with it. They would have had the same answer, each for the price of a socket. An origin that is back is seen as soon.

import { clearTimeout, setTimeout } from "node:timers";

import {
  type Connection,
  type ConnectOptions,
  type ConnectProgress,
  connectTo,
} from "./connect.ts";
import { PhaseError } from "./phase-error.ts";
import type { Target } from "./target.ts";

/** A refusal comes at once. Who has waited for longer dials, too. */
const patienceMs = 250;

/** What tells of nothing but the one who dialled, or comes too late to be shared. */
const ownCodes: ReadonlySet<string> = new Set(["DEADLINE", "ABORTED"]);

/** The way to one origin, for all who want a connection to it. */
export class Crowd {
  /** The last try was refused. */
  #isRefused = false;
  #trial: Trial | null = null;

  /** As {@link connectTo}; a refusal may be another's. */
  async connect(target: Target, options: ConnectOptions): Promise<Connection> {
    const shared = this.#trial === null ? null : await this.#trial.join(options.progress);
    if (shared !== null) throw shared;
    const trial = this.#isRefused ? new Trial() : null;
    this.#trial ??= trial;
    let refusal: PhaseError | null = null;
    try {
      return await connectTo(target, options);
    } catch (error) {
      if (isRefusal(error)) refusal = error;
      throw error;
    } finally {
      this.#isRefused = refusal !== null;
      if (this.#trial === trial) this.#trial = null;
      trial?.end(refusal, options.progress);
    }
  }
}

/** One dial, and who waits for what comes of it. */
class Trial {
  readonly #waiting: ((refusal: PhaseError | null) => void)[] = [];
  #timer: NodeJS.Timeout | null = null;
  #progress: ConnectProgress | null = null;

  /** Resolves with the refusal, or with null for one who has to dial; never rejects. */
  join(progress: ConnectProgress): Promise<PhaseError | null> {
    this.#timer ??= setTimeout(() => this.#tell(null), patienceMs);
    return new Promise((resolve) => {
      this.#waiting.push((refusal) => {
        if (refusal !== null) Object.assign(progress, this.#progress);
        resolve(refusal);
      });
    });
  }

  end(refusal: PhaseError | null, progress: ConnectProgress): void {
    this.#progress = progress;
    this.#tell(refusal);
  }

  #tell(refusal: PhaseError | null): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    for (const tell of this.#waiting.splice(0)) tell(refusal);
  }
}

/** An origin has refused, or cannot be reached: what TCP says at once, and says to everybody. */
function isRefusal(error: unknown): error is PhaseError {
  return error instanceof PhaseError && error.phase === "tcp" && !ownCodes.has(error.code);
}
