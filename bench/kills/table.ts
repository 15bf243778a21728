// What came of a run, for people.

import type { Reckoning } from "./reckoning.ts";
import { type Why, whys } from "./why-lost.ts";

/** No more than these are told one by one: of unexplained losses, and of whatever else is not right. */
const mostTold = 20;

/** The report, lines with their ends. */
export function tableOf(reckoning: Reckoning, facts: Readonly<Record<string, unknown>>): string {
  const { sent, answered, saved, lost, unexplained, complaints } = reckoning;
  const share = (count: number): string => `${((count / sent) * 100).toFixed(3)} %`;
  const row = (name: string, count: number, note = ""): string =>
    `${name.padEnd(26)}${String(count).padStart(8)}  ${share(count).padStart(9)}  ${note}`.trimEnd();
  const rows = [
    ...Object.entries(facts).map(
      ([name, value]) => `${name.padEnd(26)}${String(value).padStart(8)}`,
    ),
    "",
    row("requests sent", sent),
    row("answered", answered),
    row("  of them by a retry", saved),
    row("lost", sent - answered),
    ...Object.entries(whys).map(([why, note]) =>
      row(`  ${why}`, lost.get(why as Why)?.length ?? 0, note),
    ),
    row("could have been saved", unexplained.length),
    "",
    ...unexplained
      .slice(0, mostTold)
      .map(
        ({ answer, line }) => `not explained: ${JSON.stringify({ ...answer, content: "", line })}`,
      ),
    ...complaints.slice(0, mostTold).map((complaint) => `not right: ${complaint}`),
    ...(complaints.length > mostTold ? [`… and ${complaints.length - mostTold} more`] : []),
  ];
  return `${rows.join("\n").trimEnd()}\n`;
}
