// Fills what the docs repeat from the data: README's table of codes, the options in docs/configuration.md, docs/failures.md,
// the series in docs/metrics.md, the attacks in docs/security.md, the examples in docs/recipe*.md; and fixtures/catalogue.ts.
// `npm run docs` writes them, twice, since series are counted by the catalogue that was written before; `npx tsx scripts/generate-docs.ts --check`
// writes nothing and exits 1 if anything is out of date.

import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";

import { attacksTable } from "./pages/attacks-table.ts";
import { cataloguePage } from "./pages/catalogue.ts";
import { codesTable } from "./pages/codes-table.ts";
import { examplesIn, shownExample } from "./pages/examples.ts";
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
    ["fixtures/catalogue.ts", cataloguePage()],
    ["docs/security.md", fill(readText("docs/security.md"), "attacks", attacksTable())],
    ["docs/metrics.md", fill(readText("docs/metrics.md"), "series", seriesTable())],
    ...recipes(),
  ]);
}

/** The pages that show files of examples/, with those files as they are. */
function recipes(): [string, string][] {
  const names = readdirSync(new URL("../docs/", import.meta.url));
  return names
    .filter((name) => /^recipe.*\.md$/.test(name))
    .map((name) => {
      const page = readText(`docs/${name}`);
      const filled = examplesIn(page).reduce(
        (text, file) => fill(text, file, shownExample(file, readText(file))),
        page,
      );
      return [`docs/${name}`, filled];
    });
}

// Tests import this file, and must not write.
if (process.argv[1] === fileURLToPath(import.meta.url))
  writeFiles(generatedFiles(), "scripts/generate-docs.ts");
