// The shape of an explanation: what `edgecase explain`, the verbose page and docs/failures.md say about a failure.

/** One way to look for a cause by hand. `command` may hold `{host}`, `{port}` and `{name}`, filled in where they are known. */
export interface Check {
  readonly text: string;
  readonly command?: string;
}

/** What a person needs to know about a failure, in the order in which it is asked. */
export interface Explanation {
  readonly whatHappened: string;
  readonly likelyCauses: readonly string[];
  readonly howToCheck: readonly Check[];
  readonly howToFix: readonly string[];
}
