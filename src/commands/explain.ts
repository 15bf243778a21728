// `edgecase explain`: what a code, a failure type or a reason means, what causes it, how to check and how to fix it.

import { ConfigError } from "../config/config-error.ts";
import { entriesNamed, type Entry, nearestName } from "../explain.ts";
import { adviceLines } from "../render/text.ts";
import { bold } from "./bold.ts";

/** Prints every entry of that name. */
export function explain(name: string, options: { json?: boolean }): void {
  const entries = entriesNamed(name);
  if (entries.length === 0) {
    throw new ConfigError(null, [
      {
        path: name,
        rule: "is not a code, a failure type or a reason",
        nearest: nearestName(name),
      },
    ]);
  }
  process.stdout.write(
    options.json ? `${JSON.stringify(entries, null, 2)}\n` : `${entries.map(print).join("\n\n")}\n`,
  );
}

function print({ kind, name, title, facts, explanation }: Entry): string {
  const lines = [
    `${bold(name)}: ${title}  [${kind}]`,
    ...Object.entries(facts).map(([label, value]) => `  ${label}: ${value}`),
  ];
  if (explanation !== null) {
    const advice = adviceLines(explanation, bold);
    lines.push("", bold("What happened"), `  ${explanation.whatHappened}`, "", ...advice);
  }
  return lines.join("\n");
}
