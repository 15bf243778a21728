// Which share of the requests is refused while the gateway is behind: it grows while that lasts, and shrinks when it has passed.
// In steps, and with room between the two limits, so that it settles where the gateway just keeps up instead of swinging.

/** Looks in a row that must find the gateway behind before anything is refused: a pause is no overload. */
const looksBefore = 3;
/** How much the share grows and shrinks with each look. */
const growth = 0.2;
const decline = 0.1;
/** Below this part of the limit the gateway counts as in time. */
const inTime = 0.5;

/** A share from 0 to 1. */
export class ShedShare {
  value = 0;
  #behind = 0;

  /** Takes how far the gateway is behind, in milliseconds, and how far it may be; with a limit of 0 nothing is refused. */
  look(lagMs: number, limitMs: number): void {
    const isBehind = limitMs > 0 && lagMs > limitMs;
    this.#behind = isBehind ? this.#behind + 1 : 0;
    if (isBehind) {
      if (this.#behind >= looksBefore || this.value > 0)
        this.value = Math.min(1, this.value + growth);
    } else if (lagMs <= limitMs * inTime || limitMs === 0)
      this.value = this.value <= decline ? 0 : this.value - decline;
  }
}
