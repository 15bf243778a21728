// What came of the requests for a zone, for people.

import type { Toll } from "./promises.ts";

/** No more complaints are told one by one. */
const mostTold = 20;

/** The table, lines with their ends. */
export function tollTable(
  title: string,
  { sent, answered, failures, longestMs, complaints }: Toll,
  facts: Readonly<Record<string, number>>,
): string {
  const share = (count: number): string => `${((count / sent) * 100).toFixed(3)} %`;
  const row = (name: string, count: number): string =>
    `${fact(name, count)}  ${share(count).padStart(9)}`;
  const byCount = Object.entries(failures).toSorted(([, one], [, other]) => other - one);
  return `${[
    title,
    ...Object.entries(facts).map(([name, count]) => fact(`  ${name}`, count)),
    row("  sent", sent),
    row("  answered well", answered),
    ...byCount.map(([name, count]) => row(`    ${name}`, count)),
    fact("  the longest, in milliseconds", Math.round(longestMs)),
    fact("  hung, or without a name", complaints.length),
    ...complaints.slice(0, mostTold).map((complaint) => `not right: ${complaint}`),
  ].join("\n")}\n`;
}

function fact(name: string, value: number): string {
  return `${name.padEnd(46)}${String(value).padStart(8)}`;
}
