// The shape of an edge code: what the gateway says to a client, an agent and the site's owner when it answers by itself.
// The rows are in codes/, one file a code; codes.ts lists them.

/** What a code means, in the words for each reader, and what may be done about it. */
export interface CodeFacts {
  /** The code as people know it: an HTTP status, or a number of the 1000s that goes with one. */
  readonly code: number;
  /** The HTTP status that is sent. */
  readonly status: number;
  /** The code's short title, as CDN documentation has it where it does. */
  readonly title: string;
  /** The name for machines, in snake_case (`error_name`). */
  readonly name: string;
  /** For a visitor of the site: what happened and what to do, with nothing about the inside. */
  readonly visitor: string;
  /** For the site's owner: what broke, and where to look first. */
  readonly owner: string;
  /** For an API client or agent: whether and when to try again (`what_you_should_do`, an extension member of RFC 9457). */
  readonly whatToDo: string;
  /** Whether the same request can succeed later without anybody changing anything. */
  readonly retryable: boolean;
  /** Seconds for `Retry-After` and `retry_after`; null where none is sent. */
  readonly retryAfterSeconds: number | null;
  /** The kind of error (`error_category`). */
  readonly category: CodeCategory;
  /** Whether the error is likely to stay until the site's owner does something. */
  readonly ownerActionRequired: boolean;
  /** With whom the cause lies: whoever sent the request, the gateway, or the origin and the way to it. */
  readonly culprit: "client" | "edge" | "origin";
  readonly source: CodeSource;
}

/** The kinds of error, as `error_category` has them. */
export type CodeCategory = "client" | "edge" | "origin" | "ssl" | "dns" | "config";

/** Where a code comes from. */
export interface CodeSource {
  /** What to cite. */
  readonly title: string;
  /** A section of the RFC, or the path of the page in Cloudflare's public documentation repository. */
  readonly reference: string;
}
