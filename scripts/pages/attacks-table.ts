// docs/security.md's table of attacks: each file of test/security begins with the attack in prose, whose first sentence stands here.

import { readdirSync } from "node:fs";

import { readText } from "../write-files.ts";
import { table } from "./markdown.ts";

const folder = "test/security";

/** A row for each attack. Throws if a file does not begin with prose. */
export function attacksTable(): string {
  const files = readdirSync(new URL(`../../${folder}/`, import.meta.url))
    .filter((name) => name.endsWith(".test.ts"))
    .toSorted();
  const rows = files.map((name) => [
    firstSentence(name, readText(`${folder}/${name}`)),
    `[${name.replace(".test.ts", "")}](../${folder}/${name})`,
  ]);
  return table(["attack", "tests, and the attack in full"], rows);
}

function firstSentence(name: string, text: string): string {
  const [comment = ""] = /^(?:\/\/.*\n)+/.exec(text) ?? [];
  const prose = comment.replaceAll(/^\/\/ ?/gm, "").replaceAll("\n", " ");
  const [, sentence] = /^(?:The attack(?: \([^)]*\))?: )?(.+?[.?])(?: |$)/.exec(prose) ?? [];
  if (sentence === undefined) throw new Error(`${name} does not begin with the attack in prose`);
  return `${sentence.slice(0, 1).toUpperCase()}${sentence.slice(1)}`.replaceAll("|", "\\|");
}
