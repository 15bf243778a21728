// The types of what the package exports. tsc writes those of every file that it has to look at; only what an export leads to is kept.

import { execFileSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";

/** Writes declarations into the folder of the build. `entries` are modules by their paths, without an ending. */
export function writeDeclarations(root: string, dist: string, entries: readonly string[]): void {
  const all = mkdtempSync(join(dist, "declarations-"));
  const tsc = join(root, "node_modules/.bin/tsc");
  execFileSync(tsc, ["-p", "tsconfig.build.json", "--outDir", all], {
    cwd: root,
    stdio: "inherit",
  });
  const wanted = new Set<string>();
  for (const entry of entries) reach(join(all, `${entry}.d.ts`), wanted);
  for (const file of wanted) cpSync(file, join(dist, relative(all, file)));
  rmSync(all, { recursive: true });
}

function reach(file: string, wanted: Set<string>): void {
  if (wanted.has(file)) return;
  wanted.add(file);
  for (const [, path = ""] of readFileSync(file, "utf8").matchAll(/(?:from |import\()"(\.[^"]+)"/g))
    reach(resolve(dirname(file), path.replace(/\.[jt]s$/, ".d.ts")), wanted);
}
