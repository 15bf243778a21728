// Faults: a form that injects one, and those in force with what they have done so far.

import { useEffect, useRef, useState } from "preact/hooks";

import type { Problem } from "../api/ask.ts";
import type { Fault } from "../api/types.ts";
import { clear, faults, names } from "../state/faults.ts";
import { focusFaults } from "./choice.ts";
import { CloseChoice } from "./details.tsx";
import { InjectForm } from "./inject-form.tsx";

/** The panel. */
export function FaultsPanel() {
  const title = useRef<HTMLHeadingElement>(null);
  useEffect(() => focusFaults(title.current), []);
  return (
    <article class="faults" aria-labelledby="faults-title">
      <div class="choice-head">
        <h2 id="faults-title" ref={title} tabIndex={-1}>
          Faults
        </h2>
        <CloseChoice />
      </div>
      <p class="soft">Put in the way of requests, so that they fail for real.</p>
      <InjectForm />
      <InForce />
    </article>
  );
}

function InForce() {
  const [problem, setProblem] = useState<Problem | null>(null);
  const title = useRef<HTMLHeadingElement>(null);
  const all = faults.value ?? [];
  const clearAndStay = async (id?: string): Promise<void> => {
    setProblem(await clear(id));
    // The button that had the focus is gone.
    title.current?.focus();
  };
  return (
    <section aria-labelledby="in-force-title">
      <div class="section-head">
        <h3 id="in-force-title" ref={title} tabIndex={-1}>
          In force
        </h3>
        {all.length > 0 && (
          <button type="button" class="quiet" onClick={() => void clearAndStay()}>
            Clear all
          </button>
        )}
      </div>
      {problem !== null && (
        <p class="refusal" role="alert">
          <b>Not cleared.</b> {problem.title}. {problem.detail ?? ""}
        </p>
      )}
      {all.length === 0 && <p class="soft">None.</p>}
      <ul class="fault-list">
        {all.map((fault) => (
          <OneFault key={fault.id} of={fault} onClear={() => void clearAndStay(fault.id)} />
        ))}
      </ul>
    </section>
  );
}

function OneFault({ of, onClear }: { readonly of: Fault; readonly onClear: () => void }) {
  const title = names.value.find(
    ({ name }) => name === of.fault || of.fault.endsWith(`/${name}`),
  )?.title;
  return (
    <li>
      <div class="fault-head">
        <p>
          <b class="fault-name">{of.fault}</b>
          {title !== undefined && <span class="soft"> {title}</span>}
        </p>
        <button
          type="button"
          class="quiet"
          aria-label={`Clear ${of.fault}, ${whereOf(of)}`}
          onClick={onClear}
        >
          Clear
        </button>
      </div>
      <p class="soft">{wordsOf(of).join(", ")}</p>
      <p class="fault-counts">
        <b>{of.injected}</b> injected, of <b>{of.matched}</b> that matched
      </p>
    </li>
  );
}

/** Where a fault is. */
export function whereOf({ zone }: Fault): string {
  return zone ?? "every zone";
}

/** Which requests have it, how often and for how long. */
function wordsOf(fault: Fault): string[] {
  const { id, match, rate, count, after, delayMs, endsInMs } = fault;
  return [
    whereOf(fault),
    ...(match.host === null ? [] : [`host ${match.host}`]),
    ...(match.method === null ? [] : [match.method]),
    ...(match.path === null ? [] : [`path ${match.path}`]),
    ...Object.entries(match.header).map(([name, pattern]) => `${name}: ${pattern}`),
    ...(rate === 1 ? [] : [`rate ${rate}`]),
    ...(count === null ? [] : [`at most ${count}`]),
    ...(after === 0 ? [] : [`after ${after} bytes`]),
    ...(delayMs === 0 ? [] : [`delay ${delayMs} ms`]),
    ...(endsInMs === null ? [] : [`for ${left(endsInMs)} more`]),
    ...(id.startsWith("config-") ? ["from the file"] : []),
  ];
}

/** How long something lasts yet: seconds, and beyond two minutes minutes. */
function left(ms: number): string {
  const seconds = Math.ceil(ms / 1_000);
  return seconds <= 120 ? `${seconds} s` : `${Math.round(seconds / 60)} min`;
}
