// Headings of what commands print for people.

import { styleText } from "node:util";

/** The text in bold, where there is a terminal that knows it. */
export function bold(text: string): string {
  return process.stdout.isTTY && process.stdout.hasColors() ? styleText("bold", text) : text;
}
