// The shape of an explanation: what `edgecase explain`, the verbose page and docs/failures.md say about a failure.
// A failure type has one (explanations.ts); a reason under it has one with a title (reasons.ts).

/**
 * One way to look for a cause by hand.
 *
 * `command` may hold placeholders, filled in where they are known: `{host}` and `{port}` (where the gateway connects to),
 * `{name}` (the name that it is about: looked up in DNS, sent as SNI, or asked for as host) and `{url}` (as asked of the origin).
 */
export interface Check {
  readonly text: string;
  readonly command?: string;
}

/** What a person needs to know about a failure, in the order in which it is asked. */
export interface Explanation {
  readonly whatHappened: string;
  /** The most likely first. */
  readonly likelyCauses: readonly string[];
  readonly howToCheck: readonly Check[];
  readonly howToFix: readonly string[];
}

/** What is known about one reason of a failure type. */
export interface ReasonFacts extends Explanation {
  /** The words to show a person. */
  readonly title: string;
}

/** What is known about one TLS alert, as a reason of `tls_alert_received`. */
export interface AlertFacts extends ReasonFacts {
  /** The alert's number in IANA's registry of TLS alerts (0–255). */
  readonly alert: number;
}
