// What the admin API, a live stream or a program may name to find exchanges.

/** Which exchanges are wanted: those that have every value named. */
export interface ExchangeFilter {
  /** With or without the three letters at its end. */
  readonly ray?: string;
  readonly zone?: string;
  readonly code?: number;
  readonly failure?: string;
  readonly status?: number;
}
