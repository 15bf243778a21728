// Files of examples/ as docs/recipe*.md show them: between markers that have the file's path as their name.

import { extname } from "node:path";

/** The files that a page has markers for. */
export function examplesIn(page: string): string[] {
  return [...page.matchAll(/^<!-- (examples\/\S+):begin -->$/gm)].map(([, file = ""]) => file);
}

/** A file between fences; a table as it is. Throws if there is no such file. */
export function shownExample(file: string, text: string): string {
  if (text === "") throw new Error(`there is no ${file}`);
  const extension = extname(file).slice(1);
  if (extension === "md") return text.trimEnd();
  return `\`\`\`${extension === "mjs" ? "js" : extension}\n${text.trimEnd()}\n\`\`\``;
}
