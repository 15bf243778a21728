// `edgecase explain`: what a code, a failure type or a reason means, what causes it, how to check and how to fix it.

import { styleText } from "node:util";

import { ConfigError } from "../config/config-error.ts";
import { entriesNamed, type Entry, nearestName } from "../explain.ts";

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
    lines.push(
      "", bold("What happened"), `  ${explanation.whatHappened}`,
      "", bold("Likely causes"), ...explanation.likelyCauses.map((cause) => `  - ${cause}`),
      "", bold("How to check"), ...explanation.howToCheck.flatMap(({ text, command }) => [`  - ${text}`, ...(command === undefined ? [] : [`      ${command}`])]),
      "", bold("How to fix"), ...explanation.howToFix.map((fix) => `  - ${fix}`),
    ); // prettier-ignore
  }
  return lines.join("\n");
}

function bold(text: string): string {
  return process.stdout.isTTY && process.stdout.hasColors() ? styleText("bold", text) : text;
}
