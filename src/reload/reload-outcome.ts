// What came of a reload, for whoever asked for it.

/** What a configuration has changed, by names of zones. */
export interface ZoneChanges {
  readonly added: readonly string[];
  readonly changed: readonly string[];
  readonly removed: readonly string[];
}

/** What a reload has done. */
export interface ReloadOutcome extends ZoneChanges {
  /** Keys that have changed in the configuration and take a restart. */
  readonly needsRestart: readonly string[];
}
