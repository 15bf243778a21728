// Whether a soak kept its promises: what clients saw, what the log says, what was counted, what the process held.

import { fixtures } from "../../fixtures/index.ts";
import { countingTable, statusLabel } from "../../src/record/statuses.ts";
import type { LogLine } from "../../test/helpers/gateway.ts";
import { sumOfSamples } from "../../test/helpers/samples.ts";
import type { Answer } from "../../test/helpers/steady-load.ts";
import { type FaultAnswer, faultIn } from "./fault-answer.ts";
import type { Isolation } from "./isolation.ts";
import type { Course } from "./process-watch.ts";

/** Everything that there is to go by. */
export interface Accounts {
  readonly good: readonly Answer[];
  readonly faults: readonly FaultAnswer[];
  readonly lines: readonly LogLine[];
  /** As scraped when the last request had ended. */
  readonly metrics: string;
}

/** What the process held. */
export interface Holdings {
  readonly minutes: number;
  readonly megabytes: Course;
  readonly descriptors: Course;
  /** When everything had ended, and what idles was closed. */
  readonly descriptorsAfter: number;
}

/** In a shorter run memory has not settled, and one pause is a percentile: nothing is judged by them. */
const shortMinutes = 10;
/** A line that rises by less is flat, a minute. */
const flatMegabytes = 1;
const flatDescriptors = 1;
/** Sockets of the admin port, and of a resolver that was asked a moment ago. */
export const strayDescriptors = 8;
/** More than this, or half as much again, is not unmoved. */
const movedMs = 25;
const movedBy = 1.5;

const countedAs = countingTable([]);

/** One sentence for each promise that was broken. */
export function brokenPromises(
  accounts: Accounts,
  holdings: Holdings,
  { calm, stormy }: Isolation,
): string[] {
  const { minutes, megabytes, descriptors, descriptorsAfter } = holdings;
  const broken = [
    ...wrongAnswers(accounts),
    ...lostLines(accounts),
    ...otherStatuses(accounts),
    ...wrongCounts(accounts),
  ];
  if (descriptorsAfter > descriptors.first + strayDescriptors)
    broken.push(`descriptors: ${descriptors.first} before, and ${descriptorsAfter} after`);
  if (minutes < shortMinutes) return broken;
  if (megabytes.perMinute > flatMegabytes)
    broken.push(`memory grows by ${megabytes.perMinute.toFixed(2)} MB a minute`);
  if (descriptors.perMinute > flatDescriptors)
    broken.push(`descriptors grow by ${descriptors.perMinute.toFixed(2)} a minute`);
  if (stormy.p99 > Math.max(calm.p99 * movedBy, calm.p99 + movedMs))
    broken.push(`faults move the good zone: 99 % within ${stormy.p99} ms, and ${calm.p99} without`);
  return broken;
}

function* wrongAnswers({ good, faults, lines }: Accounts): Iterable<string> {
  const byRay = new Map(lines.map((line) => [line["ray"], line]));
  for (const answer of good) {
    const { status, ending, method, path, bodyBytes = 0, received, error } = answer;
    if (status === 200 && ending === "whole" && received === bodyBytes) continue;
    const { failure, reason, detail } = byRay.get(answer.ray) ?? {};
    yield `the good zone: ${method} ${path} came to ${status} ${ending} ${error}: ${failure}/${reason}, ${detail}`;
  }
  const expected = new Map(fixtures.map(({ name, expects }) => [name, expects]));
  for (const answer of faults) {
    const expects = expected.get(answer.fixture);
    const line = byRay.get(answer.ray);
    if (!answer.isLast || expects === undefined || line === undefined) continue;
    const fault = faultIn(answer, line, expects);
    if (fault !== null) yield `${answer.fixture}: ${fault} (${String(line["detail"])})`;
  }
}

function* lostLines({ good, faults, lines }: Accounts): Iterable<string> {
  const rays = new Set(lines.map((line) => line["ray"]));
  const asked = [...good, ...faults];
  if (rays.size !== lines.length) yield `${lines.length - rays.size} lines are of the same request`;
  if (asked.length !== lines.length)
    yield `${asked.length} requests, and ${lines.length} access lines`;
  const without = asked.filter(({ ray }) => !rays.has(ray));
  if (without.length > 0) yield `${without.length} answers have no line of their own`;
}

/** What the client got, and what the log says that it got. */
function* otherStatuses({ good, faults, lines }: Accounts): Iterable<string> {
  const byRay = new Map(lines.map((line) => [line["ray"], line]));
  for (const answer of [...good, ...faults]) {
    const line = byRay.get(answer.ray);
    if (line === undefined || line["status"] === answer.status) continue;
    const { path, status, detail, totalMs } = line;
    const { ending } = answer;
    const who = "fixture" in answer ? answer.fixture : `the good zone's ${String(path)}`;
    yield `${who}: the client got ${answer.status} ${ending}, and the log says ${status} (${detail}) after ${totalMs} ms`;
  }
}

function* wrongCounts({ good, faults, lines, metrics }: Accounts): Iterable<string> {
  const seen = [...good, ...faults];
  const told = (name: string, labels: Readonly<Record<string, string>> = {}): number =>
    sumOfSamples(metrics, name, labels);
  yield* differ("requests", seen.length, told("edgecase_requests_total"));
  const labels = seen.map(({ status }) => statusLabel(countedAs[status] ?? 0));
  for (const status of new Set(labels)) {
    const count = labels.filter((label) => label === status).length;
    yield* differ(`answers with ${status}`, count, told("edgecase_requests_total", { status }));
  }
  const cut = seen.filter(({ ending }) => ending === "cut" || ending === "truncated").length;
  yield* differ("answers cut off", cut, told("edgecase_failures_total", { late: "true" }));
  const failed = lines.filter(({ failure, late }) => failure !== null && late === false).length;
  yield* differ("errors in the log", failed, told("edgecase_errors_total"));
  yield* differ("lines", lines.length, told("edgecase_log_lines_total", { result: "written" }));
  yield* differ("lines lost", 0, told("edgecase_log_lines_total", { result: "dropped" }));
  yield* differ("requests under way at the end", 0, told("edgecase_requests_under_way"));
  const own = lines.filter(({ failure }) => failure === "proxy_internal_error").length;
  if (own > 0) yield `${own} failures are the gateway's own`;
}

function differ(what: string, seen: number, counted: number): string[] {
  return seen === counted ? [] : [`${what}: ${seen}, and counted ${counted}`];
}
