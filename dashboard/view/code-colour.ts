// Which colour a code has in the picture: the same as long as it is there, and its own while there are enough.

import { effect } from "@preact/signals";

import { codeTotals } from "../state/counts.ts";
import { codeTitles } from "./code-title.ts";

/** Colours that there are. */
export const colourCount = 8;

const taken = new Map<string, number>();

effect(() => {
  const present = new Set(codeTotals.value.map(([code]) => code));
  for (const code of taken.keys()) if (!present.has(code)) taken.delete(code);
});

/** The number of a code's colour. */
export function colourOf(code: string): number {
  const known = taken.get(code);
  if (known !== undefined) return known;
  const at = codeTitles.findIndex(([title]) => title === code);
  const wanted = (at < 0 ? Number(code) : at) % colourCount;
  const used = new Set(taken.values());
  const free = Array.from({ length: colourCount }, (_, step) => (wanted + step) % colourCount);
  const colour = free.find((one) => !used.has(one)) ?? wanted;
  taken.set(code, colour);
  return colour;
}
