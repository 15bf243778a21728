// Colours of what commands print for people.

import { styleText } from "node:util";

/** Colours that mean something. */
export type Colour = "green" | "red" | "yellow" | "dim";

/** The text in a colour, where there is a terminal that knows it and nobody has said NO_COLOR. */
export function paint(colour: Colour, text: string): string {
  return process.stdout.isTTY && process.stdout.hasColors() ? styleText(colour, text) : text;
}
