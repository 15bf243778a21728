// Numbers of several rounds: the one in the middle, and how far they lie apart.

/** A number and its spread over the rounds. */
export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

/** Null if there is no number, or not for every round. */
export function spreadOf(values: readonly (number | null)[]): Spread | null {
  const numbers = values.filter((value) => value !== null && Number.isFinite(value)) as number[];
  if (numbers.length === 0 || numbers.length < values.length) return null;
  const sorted = numbers.toSorted((left, right) => left - right);
  const half = Math.floor(sorted.length / 2);
  const upper = sorted[half] ?? 0;
  const median = sorted.length % 2 === 1 ? upper : (upper + (sorted[half - 1] ?? 0)) / 2;
  return { median, min: sorted[0] ?? 0, max: sorted.at(-1) ?? 0 };
}

/**
 * What `of` makes of two contestants, round by round: those of one round ran one after the other, and shared whatever else the
 * machine had to do.
 */
export function paired<T>(
  left: readonly T[],
  right: readonly T[],
  of: (left: T, right: T) => number | null,
): Spread | null {
  const rounds = Math.min(left.length, right.length);
  return spreadOf(
    Array.from({ length: rounds }, (_, round) => of(left[round] as T, right[round] as T)),
  );
}

/** Null where one of them is, or there is nothing to divide by. */
export function ratio(above: number | null, below: number | null): number | null {
  return above === null || below === null || below === 0 ? null : above / below;
}
