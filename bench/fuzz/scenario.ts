// A kind of attack, and how it is carried out until something breaks: runs beside each other, and the one that fails is made small.

import * as fc from "fast-check";

import type { Figures } from "./figures.ts";

/** What an attack may consist of, and one of it. */
export interface Scenario<Plan> extends AsyncDisposable {
  readonly figures: Figures;
  readonly plans: fc.Arbitrary<Plan[]>;
  /** How many may run at the same time. */
  readonly lanes: number;
  /** Rejects if a rule is broken. No two have the same lane at a time. */
  run(plans: readonly Plan[], lane: number): Promise<void>;
  /** Resolves with what should not be so at the end. */
  settle?(): Promise<string | null>;
}

/** How much of it. */
export interface Storm {
  /** Damaged responses. */
  readonly runs: number;
  readonly seed: number;
  /** Called once in a while. */
  readonly onProgress?: () => void;
}

/** Runs that have one seed. */
const roundRuns = 25;
/** For how long what was found is made smaller. */
const shrinkMs = 30_000;

/** Attacks. Resolves with null, or with what was found: the seed that repeats it, and the least that does so. */
export async function storm<Plan>(
  scenario: Scenario<Plan>,
  { runs, seed, onProgress }: Storm,
): Promise<string | null> {
  const { figures, plans, lanes } = scenario;
  let rounds = 0;
  /** Whoever found something first. It makes that small, and wants to be alone. */
  const found: { by: number | null; until: number; said: string | null } = {
    by: null,
    until: 0,
    said: null,
  };
  const rage = async (lane: number): Promise<void> => {
    while (figures.damaged < runs && found.by === null) {
      const roundSeed = seed + rounds;
      rounds += 1;
      const property = fc.asyncProperty(plans, async (some) => {
        if (found.by !== null && (found.by !== lane || performance.now() > found.until)) return;
        try {
          await scenario.run(some, lane);
        } catch (error) {
          if (found.by === null)
            Object.assign(found, { by: lane, until: performance.now() + shrinkMs });
          throw error;
        }
      });
      // oxlint-disable-next-line no-await-in-loop -- One round after the other.
      const details = await fc.check(property, { seed: roundSeed, numRuns: roundRuns });
      onProgress?.();
      if (details.failed && found.by === lane) found.said = told(details, roundSeed);
    }
  };
  await Promise.all(Array.from({ length: lanes }, (_, lane) => rage(lane)));
  return found.said ?? (await scenario.settle?.()) ?? null;
}

function told<Plan>(
  { counterexample, errorInstance }: fc.RunDetails<[Plan[]]>,
  seed: number,
): string {
  const why = errorInstance instanceof Error ? errorInstance.message : String(errorInstance);
  const plans = JSON.stringify(counterexample?.[0], null, 1).replace(
    /[\x7f-\xff]/g,
    (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
  return `${why}\n  --seed ${seed} repeats it: ${withoutRepeats(plans)}`;
}

/** What stands there ten times or more stands there once, with its number. */
function withoutRepeats(text: string): string {
  return text.replace(/(.{1,40}?)\1{9,}/g, (all, one: string) => {
    return `${one}<${all.length / one.length} times>`;
  });
}
