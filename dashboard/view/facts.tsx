// A table of names and values. Values may come from the wire: they are text, whatever they hold.

import type { ComponentChildren } from "preact";

/** A name and a value. */
export type Row = readonly [name: string, value: string];

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
          <tr key={`${name} ${value}`}>
            <th scope="row">{name}</th>
            <td>{value}</td>
          </tr>
        ))}
        {children}
      </tbody>
    </table>
  );
}
