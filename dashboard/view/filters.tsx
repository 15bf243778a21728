// What the list is narrowed to: text, a code, a failure. The zone is chosen at the top, for the switches too.

import { failureTypes } from "../../edge-codes/failure-types.ts";
import { isNarrowed, narrow, place, widen } from "../state/place.ts";
import { codeTitles } from "./code-title.ts";

const layers = ["edge", "dns", "tcp", "tls", "http"] as const;

/** The filters; they are part of the page's address. */
export function Filters() {
  const { code, failure, text } = place.value;
  return (
    <div class="filters" role="search" aria-label="Filter exchanges">
      <label class="field grows">
        <span>
          Filter <kbd aria-hidden="true">/</kbd>
        </span>
        <input
          id="filter-text"
          type="search"
          placeholder="host, path, ray ID, origin…"
          value={text}
          onInput={({ currentTarget }) => narrow({ text: currentTarget.value })}
        />
      </label>
      <label class="field">
        <span>Code</span>
        <select
          value={code}
          onChange={({ currentTarget }) => narrow({ code: currentTarget.value })}
        >
          <option value="">Any</option>
          {codeTitles.map(([number, title]) => (
            <option key={number} value={number}>
              {number} {title}
            </option>
          ))}
        </select>
      </label>
      <label class="field">
        <span>Failure</span>
        <select
          value={failure}
          onChange={({ currentTarget }) => narrow({ failure: currentTarget.value })}
        >
          <option value="">Any</option>
          {layers.map((layer) => (
            <optgroup key={layer} label={layer.toUpperCase()}>
              {failuresOf(layer).map((name) => (
                <option key={name}>{name}</option>
              ))}
            </optgroup>
          ))}
        </select>
      </label>
      <button type="button" class="quiet clear" disabled={!isNarrowed.value} onClick={widen}>
        Clear
      </button>
    </div>
  );
}

function failuresOf(layer: (typeof layers)[number]): string[] {
  return Object.entries(failureTypes).flatMap(([name, { phase }]) =>
    phase === layer ? [name] : [],
  );
}
