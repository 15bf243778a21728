// A table of names and values. Values may come from the wire: they are text, whatever they hold.

import type { ComponentChildren } from "preact";

type Row = readonly [name: string, value: string];

/** Rows of a table; `children` are rows of another make. */
export function Facts({
  rows,
  children,
}: {
  readonly rows: readonly Row[];
  readonly children?: ComponentChildren;
}) {
  return (
    <table class="facts">
      <tbody>
        {rows.map(([name, value]) => (
          <tr key={name}>
            <th scope="row">{name}</th>
            <td>{value}</td>
          </tr>
        ))}
        {children}
      </tbody>
    </table>
  );
}

/** The rows of a record: its keys in words, its lists in one line, nothing that is empty. */
export function rowsOf(record: Readonly<Record<string, unknown>>): Row[] {
  return Object.entries(record).flatMap(([key, value]) => {
    const text = Array.isArray(value) ? value.map(String).join(", ") : textOf(value);
    return text === "" ? [] : [[inWords(key), text] as const];
  });
}

function textOf(value: unknown): string {
  if (value === null || value === undefined) return "";
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** `validFrom` → “Valid from”; words stay as they are. */
function inWords(key: string): string {
  const words = key.replaceAll(/(?<=[a-z])(?=[A-Z])/g, " ");
  return words === key ? key.charAt(0).toUpperCase() + key.slice(1) : sentence(words);
}

function sentence(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1).toLowerCase();
}
