// Markdown tables, for the generated docs.

/** A table. Cells are Markdown, except that `|` and a bare `<` stand for themselves. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [line(head), `|${"---|".repeat(head.length)}`, ...rows.map(line)].join("\n");
}

function line(cells: readonly string[]): string {
  return `| ${cells.map(escapeCell).join(" | ")} |`;
}

/** Within a code span `<` needs no escape, and shows one. */
function escapeCell(cell: string): string {
  const parts = cell.replaceAll("|", String.raw`\|`).split("`");
  return parts
    .map((part, index) => (index % 2 === 0 ? part.replaceAll("<", "&lt;") : part))
    .join("`");
}
