// Fills what the docs repeat from the data: README's table of codes, the options in docs/configuration.md, docs/failures.md,
// the series in docs/metrics.md.
// `npx tsx scripts/generate-docs.ts` writes them; with `--check` it writes nothing and exits 1 if anything is out of date.

import { fileURLToPath } from "node:url";

import { codesTable } from "./pages/codes-table.ts";
import { failuresPage } from "./pages/failures-page.ts";
import { fill } from "./pages/fill.ts";
import { optionsTable } from "./pages/options-table.ts";
import { seriesTable } from "./pages/series-table.ts";
import { readText, writeFiles } from "./write-files.ts";

/** Every file with generated parts, as it should be: path from the repository's root to content. */
export function generatedFiles(): ReadonlyMap<string, string> {
  return new Map([
    ["README.md", fill(readText("README.md"), "codes", codesTable())],
    ["docs/configuration.md", fill(readText("docs/configuration.md"), "options", optionsTable())],
    ["docs/failures.md", failuresPage()],
    ["docs/metrics.md", fill(readText("docs/metrics.md"), "series", seriesTable())],
  ]);
}

// Tests import this file, and must not write.
if (process.argv[1] === fileURLToPath(import.meta.url))
  writeFiles(generatedFiles(), "scripts/generate-docs.ts");
