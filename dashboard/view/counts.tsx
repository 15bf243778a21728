// Counts per code over the last five minutes: a picture, a legend that names its colours, and the same as a table.

import { useEffect, useRef, useState } from "preact/hooks";

import { codeTotals, windowSeconds } from "../state/counts.ts";
import { explain } from "./choice.ts";
import { titleOf } from "./code-title.ts";
import { colourOf } from "./code-colour.ts";
import { CountsPicture, hovered, isErrorsOnly } from "./counts-picture.ts";
import { CountsTable, sums } from "./counts-table.tsx";

/** The section. */
export function Counts() {
  const [isTable, setTable] = useState(false);
  return (
    <section class="counts" aria-labelledby="counts-title">
      <div class="section-head">
        <h2 id="counts-title">
          Answers <span class="soft">last 5 minutes, every zone</span>
        </h2>
        <p class="hovered">{hovered}</p>
        <button
          type="button"
          class="quiet"
          aria-pressed={isErrorsOnly.value}
          onClick={() => (isErrorsOnly.value = !isErrorsOnly.value)}
        >
          Errors only
        </button>
        <button
          type="button"
          class="quiet"
          aria-expanded={isTable}
          aria-controls="counts-table"
          onClick={() => setTable(!isTable)}
        >
          Table
        </button>
      </div>
      <Picture />
      <Legend />
      <div id="counts-table">{isTable && <CountsTable />}</div>
    </section>
  );
}

function Picture() {
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (place.current === null) return;
    const picture = new CountsPicture(place.current);
    return () => picture.close();
  }, []);
  return (
    <div
      class="picture"
      ref={place}
      role="img"
      aria-label="Bars of the answers in each second. The button Table shows the numbers."
    />
  );
}

function Legend() {
  const totals = codeTotals.value;
  const { passed, originErrors } = sums(windowSeconds);
  return (
    <ul class="legend" aria-label="Answers by code">
      <li>
        <span class="swatch of-passed" aria-hidden="true" /> passed on <b>{passed}</b>
      </li>
      {originErrors > 0 && (
        <li>
          <span class="swatch of-own" aria-hidden="true" /> errors of origins’ own{" "}
          <b>{originErrors}</b>
        </li>
      )}
      {totals.map(([code, count]) => (
        <li key={code}>
          <span class={`swatch of-${colourOf(code)}`} aria-hidden="true" />
          <button
            type="button"
            class="link"
            title={`${titleOf(code)}: explain`}
            onClick={() => explain(code)}
          >
            {code}
          </button>{" "}
          <b>{count}</b>
        </li>
      ))}
    </ul>
  );
}
