// What keeps an origin that goes up and down from taking its pool with it: the sooner it fails again after it came back, the longer
// it has to behave before it may come back once more.

/** How often the good checks that are asked for are doubled at most. */
const mostDoublings = 4;
/** An origin that stayed up for so many checks is trusted as at first. */
const trustedAfter = 12;

/** Counts one origin's checks, good and failed, in a row, and turns them into a verdict. */
export class CheckCounter {
  readonly #up: number;
  readonly #down: number;
  #good = 0;
  #failed = 0;
  #relapses = 0;
  #isHealthy: boolean | null = null;

  /** How many checks in a row make the origin healthy, or unhealthy. At least 1 each. */
  constructor({
    consecutiveUp,
    consecutiveDown,
  }: {
    consecutiveUp: number;
    consecutiveDown: number;
  }) {
    this.#up = consecutiveUp;
    this.#down = consecutiveDown;
  }

  /** How many good checks in a row an origin that is down needs now. */
  get needed(): number {
    return this.#up * 2 ** Math.min(this.#relapses, mostDoublings);
  }

  /** Takes how a check ended; returns whether the origin is healthy, null while that is not known. */
  add(isGood: boolean): boolean | null {
    this.#good = isGood ? this.#good + 1 : 0;
    this.#failed = isGood ? 0 : this.#failed + 1;
    if (this.#isHealthy === true && this.#failed >= this.#down) this.#fall();
    else if (this.#isHealthy === false && this.#good >= this.needed) this.#rise();
    else if (this.#isHealthy === null) this.#begin();
    else if (this.#isHealthy && this.#good >= trustedAfter) this.#relapses = 0;
    return this.#isHealthy;
  }

  /** The first verdict needs as many checks as any other. */
  #begin(): void {
    if (this.#good >= this.#up) this.#isHealthy = true;
    else if (this.#failed >= this.#down) this.#isHealthy = false;
  }

  #rise(): void {
    this.#isHealthy = true;
    this.#relapses += 1; // Forgotten once it has stayed up.
  }

  #fall(): void {
    this.#isHealthy = false;
  }
}
