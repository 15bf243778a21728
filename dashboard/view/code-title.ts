// The titles of codes, from the same table as the error pages'.

import type { CodeFacts } from "../../edge-codes/code-facts.ts";
import { codes } from "../../edge-codes/codes.ts";

const known: Readonly<Record<string, CodeFacts>> = codes;

/** Every code, in its order, with its title. */
export const codeTitles: readonly (readonly [code: string, title: string])[] = Object.entries(
  known,
).map(([code, { title }]) => [code, title]);

/** The title of a code; empty for one of a profile of the reader's own. */
export function titleOf(code: number | string): string {
  return known[String(code)]?.title ?? "";
}
