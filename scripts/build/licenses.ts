// The licences of the packages that are in the build: their authors ask for no more than to be named with what they wrote.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** What is told of a package. */
interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly license?: string;
}

/** A text with the licence of every package that one of these modules is from. `modules` are paths. */
export function licensesOf(modules: Iterable<string>): string {
  const folders = new Set<string>();
  for (const module of modules) {
    const [folder] = /^\/.*\/node_modules\/(?:@[^/]+\/)?[^/]+/.exec(module) ?? [];
    if (folder !== undefined) folders.add(folder);
  }
  return [...folders].toSorted().map(licenseOf).join("\n\n");
}

function licenseOf(folder: string): string {
  const text = readFileSync(join(folder, "package.json"), "utf8");
  const { name, version, license = "" } = JSON.parse(text) as Manifest;
  const files = readdirSync(folder).filter((file) => /^(?:licen[cs]e|copying|notice)/i.test(file));
  if (files.length === 0 && license === "") throw new Error(`${name} does not name its licence`);
  const texts = files.map((file) => readFileSync(join(folder, file), "utf8").trim());
  return [`${name} ${version} (${license})`, ...texts].join("\n\n");
}
