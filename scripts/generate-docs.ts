// Fills what the docs repeat from the data: README's table of codes, the options in docs/configuration.md, docs/failures.md,
// the series in docs/metrics.md.
// `npx tsx scripts/generate-docs.ts` writes them; with `--check` it writes nothing and exits 1 if anything is out of date.

import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

import { codesTable } from "./pages/codes-table.ts";
import { failuresPage } from "./pages/failures-page.ts";
import { optionsTable } from "./pages/options-table.ts";
import { seriesTable } from "./pages/series-table.ts";

const root = new URL("../", import.meta.url);

/** Every file with generated parts, as it should be: path from the repository's root to content. */
export function generatedFiles(): ReadonlyMap<string, string> {
  return new Map([
    ["README.md", fill(read("README.md"), "codes", codesTable())],
    ["docs/configuration.md", fill(read("docs/configuration.md"), "options", optionsTable())],
    ["docs/failures.md", failuresPage()],
    ["docs/metrics.md", fill(read("docs/metrics.md"), "series", seriesTable())],
  ]);
}

function fill(text: string, name: string, content: string): string {
  const begin = `<!-- ${name}:begin -->`;
  const end = `<!-- ${name}:end -->`;
  const from = text.indexOf(begin);
  const to = text.indexOf(end);
  if (from < 0 || to < from) throw new Error(`no ${begin} … ${end}`);
  return `${text.slice(0, from + begin.length)}\n\n${content}\n\n${text.slice(to)}`;
}

/** The text of a file; empty if it is not there yet. */
function read(path: string): string {
  try {
    return readFileSync(new URL(path, root), "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return "";
    throw error;
  }
}

function main(isCheck: boolean): void {
  for (const [path, text] of generatedFiles()) {
    if (read(path) === text) continue;
    if (isCheck) {
      process.stderr.write(`${path} is out of date: run npx tsx scripts/generate-docs.ts\n`);
      process.exitCode = 1;
    } else {
      writeFileSync(new URL(path, root), text);
      process.stdout.write(`${path} written\n`);
    }
  }
}

// Tests import this file, and must not write.
if (process.argv[1] === fileURLToPath(import.meta.url)) main(process.argv.includes("--check"));
