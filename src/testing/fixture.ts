// Names a broken origin, without loading the zoo: that is done where it is started.

/** A broken origin of the zoo, to be started together with the gateway. */
export interface BrokenOrigin {
  /** As docs/failures.md has it: `expired`, `never-answers` … */
  readonly fixture: string;
}

/** Takes a broken origin of the zoo as the origin, by its name. */
export function fixture(name: string): BrokenOrigin {
  return { fixture: name };
}
