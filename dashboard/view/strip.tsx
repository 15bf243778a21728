// The way of a request, dns → tcp → tls → http, with the broken step marked: by sign, line and word, not by colour alone.

import type { Summary, WholeExchange } from "../api/types.ts";
import { endedAtEdge, type Step, type StepState, stepsOf } from "../steps.ts";

const marks: Readonly<Record<StepState, { readonly sign: string; readonly words: string }>> = {
  ok: { sign: "✓", words: "passed" },
  broken: { sign: "✕", words: "broken here" },
  refused: { sign: "✕", words: "refused" },
  unreached: { sign: "·", words: "not reached" },
  skipped: { sign: "–", words: "skipped" },
};

/** The small form, for a row of the list. */
export function Strip({ of }: { readonly of: Summary }) {
  const steps = stepsOf(of);
  if (endedAtEdge(of)) {
    const isRefused = of.code !== null;
    return (
      <span class={isRefused ? "strip at-edge is-refused" : "strip at-edge"}>
        <span aria-hidden="true">{isRefused ? "✕" : "✓"}</span> answered at the edge
      </span>
    );
  }
  return (
    <span class="strip" role="img" aria-label={inWords(steps)}>
      {of.reused && <span class="step is-kept">kept connection</span>}
      {(of.reused ? steps.slice(-1) : steps).map(({ name, state }) => (
        <span key={name} class={`step is-${state}`}>
          <span class="sign">{marks[state].sign}</span>
          {name}
        </span>
      ))}
    </span>
  );
}

/** The large form, for the details: the steps as the error page has them, less the client, which asked. */
export function LongStrip({ steps }: { readonly steps: WholeExchange["steps"] }) {
  if (steps.length === 0) return null;
  return (
    <ol class="long-strip" aria-label="The way of the request">
      {steps.slice(1).map(({ step, state, note }) => (
        <li key={step} class={`is-${state}`}>
          <span class="sign" aria-hidden="true">
            {marks[state].sign}
          </span>
          <b>{step === "edge" ? "Edge" : step.toUpperCase()}</b>
          {state === "broken" && <span>{marks.broken.words}, </span>}
          <span>{note}</span>
        </li>
      ))}
    </ol>
  );
}

function inWords(steps: readonly Step[]): string {
  const broken = steps.find(({ state }) => state === "broken");
  if (broken !== undefined) return `broken at ${broken.name.toUpperCase()}`;
  return steps.some(({ state }) => state === "unreached")
    ? "ended before a response"
    : "passed every step";
}
