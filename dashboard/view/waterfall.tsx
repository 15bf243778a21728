// Where the time of an exchange went, one bar after another.

import type { Summary } from "../api/types.ts";
import { duration, stretchesOf } from "../steps.ts";

const names: Readonly<Record<string, string>> = {
  dns: "DNS",
  tcp: "TCP",
  tls: "TLS",
  http: "Response",
  content: "Content",
  rest: "Rest",
  edge: "Edge",
};

/** The bars are pictures; the numbers beside them say the same. */
export function Waterfall({ of }: { readonly of: Summary }) {
  const whole = Math.max(of.totalMs, 0.01);
  return (
    <table class="waterfall">
      <caption class="unseen">Time taken by each step</caption>
      <tbody>
        {stretchesOf(of).map(({ name, state, fromMs, ms }) => (
          <tr key={name}>
            <th scope="row">{names[name] ?? name}</th>
            <td class="bars" aria-hidden="true">
              <span
                class={`bar is-${state}`}
                style={{
                  marginInlineStart: `${(fromMs / whole) * 100}%`,
                  inlineSize: `${Math.min(1, ms / whole) * 100}%`,
                }}
              />
            </td>
            <td class="number">
              {duration(ms)}
              {state === "broken" && <span class="unseen"> until it broke</span>}
            </td>
          </tr>
        ))}
        <tr class="total">
          <th scope="row">Total</th>
          <td class="bars" aria-hidden="true" />
          <td class="number">{duration(of.totalMs)}</td>
        </tr>
      </tbody>
    </table>
  );
}
