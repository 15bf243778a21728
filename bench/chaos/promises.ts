// What is promised of every request, whoever dies: it ends in time, and if it fails the log says of what, and never that nobody knows.

import type { LogLine } from "../../test/helpers/gateway.ts";
import type { Answer } from "../../test/helpers/steady-load.ts";

/** What came of the requests for one zone. */
export interface Toll {
  readonly sent: number;
  readonly answered: number;
  /** By failure type and reason, those that were not answered well. */
  readonly failures: Readonly<Record<string, number>>;
  /** Of the request that took longest, by its client's clock. */
  readonly longestMs: number;
  /** What must not be; one sentence each. */
  readonly complaints: readonly string[];
}

/** How much may be missing, and how long a request may take. */
export interface Bounds {
  /** All deadlines of one request together, and what a busy machine adds. */
  readonly longestMs: number;
  /** Answers that have no line, as those of a worker that was killed in the turn in which they began. */
  readonly withoutLine: number;
}

/** Looks at every answer and its line. */
export function tollOf(
  answers: readonly Answer[],
  lines: readonly LogLine[],
  bounds: Bounds,
): Toll {
  const byPath = new Map(lines.map((line) => [line["path"], line]));
  const complaints: string[] = [];
  const failures: Record<string, number> = {};
  const without: Answer[] = [];
  for (const answer of answers) {
    const line = byPath.get(`/${answer.number}`);
    if (line === undefined) without.push(answer);
    if (answer.ending === "hung" || answer.tookMs > bounds.longestMs)
      complaints.push(`${wordsOf(answer)} took ${Math.round(answer.tookMs)} ms`);
    if (isWell(answer) || line === undefined) continue;
    const name = nameOf(line);
    if (name === null) complaints.push(`${wordsOf(answer)}: the log has no name for it`);
    else failures[name] = (failures[name] ?? 0) + 1;
  }
  if (without.length > bounds.withoutLine)
    complaints.push(...without.map((answer) => `${wordsOf(answer)}: it has no line`));
  const longestMs = Math.max(0, ...answers.map(({ tookMs }) => tookMs));
  const answered = answers.filter(isWell).length;
  return { sent: answers.length, answered, failures, longestMs, complaints };
}

function isWell({ ending, status }: Answer): boolean {
  return ending === "whole" && status === 200;
}

/** Type and reason; null where the gateway does not know, and nobody has killed a part of it. */
function nameOf({ failure, reason }: LogLine): string | null {
  const isUnknown = failure === "proxy_internal_error" && reason !== "worker_ended";
  if (failure === null || failure === undefined || isUnknown) return null;
  return reason === null || reason === undefined ? String(failure) : `${failure}/${reason}`;
}

function wordsOf({ number, method, status, ending, error }: Answer): string {
  return `request ${number}, ${method}, ${status} ${ending} ${error}`.trimEnd();
}
