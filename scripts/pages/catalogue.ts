// fixtures/catalogue.ts: what each broken origin of the zoo shows, so that it can be named without loading four hundred files.

import type { Fixture } from "../../fixtures/fixture.ts";
import { fixtures } from "../../fixtures/index.ts";

const head = `// What each broken origin of the zoo shows, by its name. Generated from the fixtures themselves: npm run docs

import type { FailureType } from "../edge-codes/failure-types.ts";
import type { Fixture } from "./fixture.ts";

/** What there is to know of a broken origin without starting it. */
export interface CatalogueRow {
  readonly failure: FailureType;
  readonly reason?: string;
  /** Every request sees it, over HTTP/1.1, on every machine. */
  readonly isPlain: boolean;
  readonly needs?: Fixture["needs"];
}

/** Every origin of the zoo that fails. */
export const catalogue: Readonly<Record<string, CatalogueRow>> = {
`;

/** The whole file. */
export function cataloguePage(): string {
  return `${head}${fixtures.map(row).join("")}};\n`;
}

function row({ name, expects, request, zone, needs }: Fixture): string {
  if (!("failure" in expects)) return "";
  const key = /^[a-z][a-z0-9]*$/.test(name) ? name : `"${name}"`;
  const isPlain = request === undefined && zone === undefined && needs === undefined;
  const members = [
    `failure: "${expects.failure}"`,
    ...(expects.reason === undefined ? [] : [`reason: "${expects.reason}"`]),
    `isPlain: ${String(isPlain)}`,
    ...(needs === undefined ? [] : [`needs: "${needs}"`]),
  ];
  const line = `  ${key}: { ${members.join(", ")} },`;
  if (line.length <= 100) return `${line}\n`;
  return `  ${key}: {\n${members.map((member) => `    ${member},\n`).join("")}  },\n`;
}
