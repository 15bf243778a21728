// The counts as a table, for those who would rather read than look.

import { codeTotals, now, seconds, windowSeconds } from "../state/counts.ts";
import { titleOf } from "./code-title.ts";

const spans = [
  [10, "last 10 seconds"],
  [60, "last minute"],
  [windowSeconds, "last 5 minutes"],
] as const;

/** The numbers of the picture. */
export function CountsTable() {
  const columns = spans.map(([length]) => sums(length));
  return (
    <table class="facts counts-table">
      <thead>
        <tr>
          <th scope="col">Answer</th>
          {spans.map(([, name]) => (
            <th key={name} scope="col" class="number">
              {name}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        <tr>
          <th scope="row">passed on</th>
          {columns.map(({ passed }, index) => (
            <td key={spans[index]?.[1]} class="number">
              {passed}
            </td>
          ))}
        </tr>
        <tr>
          <th scope="row">errors of origins’ own, clients that left</th>
          {columns.map(({ originErrors }, index) => (
            <td key={spans[index]?.[1]} class="number">
              {originErrors}
            </td>
          ))}
        </tr>
        {codeTotals.value.map(([code]) => (
          <tr key={code}>
            <th scope="row">
              {code} {titleOf(code)}
            </th>
            {columns.map(({ codes }, index) => (
              <td key={spans[index]?.[1]} class="number">
                {codes.get(code) ?? 0}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** What was counted in the last so many seconds. */
export function sums(length: number): {
  passed: number;
  originErrors: number;
  codes: Map<string, number>;
} {
  const from = now() - length;
  const sum = { passed: 0, originErrors: 0, codes: new Map<string, number>() };
  for (const { at, passed, originErrors, codes } of seconds.value) {
    if (at < from) continue;
    sum.passed += passed;
    sum.originErrors += originErrors;
    for (const [code, count] of codes) sum.codes.set(code, (sum.codes.get(code) ?? 0) + count);
  }
  return sum;
}
