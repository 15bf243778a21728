// What the generating scripts share: they write files, or, with `--check`, say which are out of date.

import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";

const root = new URL("../", import.meta.url);

/** The text of a file, by its path from the repository's root; empty if it is not there yet. */
export function readText(path: string): string {
  try {
    return readFileSync(new URL(path, root), "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return "";
    throw error;
  }
}

/** Writes the files that are not as they should be. With `--check` it writes nothing, and exits 1 if there are any. */
export function writeFiles(files: ReadonlyMap<string, string>, script: string): void {
  for (const [path, text] of files) {
    if (readText(path) === text) continue;
    if (process.argv.includes("--check")) {
      process.stderr.write(`${path} is out of date: run npx tsx ${script}\n`);
      process.exitCode = 1;
    } else {
      const file = fileURLToPath(new URL(path, root));
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, text);
      process.stdout.write(`${path} written\n`);
    }
  }
}
