// What a code, a failure type or a reason means: what `edgecase explain` prints.

import { useEffect, useRef, useState } from "preact/hooks";

import { ask, type Problem } from "../api/ask.ts";
import type { Entry } from "../api/types.ts";
import { place } from "../state/place.ts";
import { Advice } from "./advice.tsx";
import { closeChoice } from "./choice.ts";
import { CloseChoice } from "./details.tsx";
import { Facts } from "./facts.tsx";

/** The explanation of a name: a word can be a reason of several types. */
export function Explanation({ name }: { readonly name: string }) {
  const [entries, setEntries] = useState<readonly Entry[]>([]);
  const [problem, setProblem] = useState<Problem | null>(null);
  const title = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    title.current?.focus();
    void ask<readonly Entry[]>(`explain/${encodeURIComponent(name)}`).then((asked) => {
      setEntries(asked.value ?? []);
      setProblem(asked.problem);
    });
  }, [name]);
  return (
    <article class="details explanation" aria-labelledby="explain-title">
      <div class="choice-head">
        <h2 id="explain-title" ref={title} tabIndex={-1}>
          {name}
        </h2>
        {place.value.ray === "" ? (
          <CloseChoice />
        ) : (
          <button type="button" class="quiet close" onClick={closeChoice}>
            Back to the exchange <kbd aria-hidden="true">Esc</kbd>
          </button>
        )}
      </div>
      {problem !== null && (
        <p class="refusal">
          {problem.title}. {problem.detail ?? ""}
        </p>
      )}
      {entries.map((entry) => (
        <OneEntry key={`${entry.kind} ${entry.name}`} entry={entry} />
      ))}
    </article>
  );
}

function OneEntry({ entry }: { readonly entry: Entry }) {
  const { kind, title, facts, explanation } = entry;
  return (
    <>
      <p class="happened">
        <b>{title}.</b> {explanation?.whatHappened ?? ""} <span class="soft">({kind})</span>
      </p>
      <Facts rows={Object.entries(facts)} />
      {explanation !== null && <Advice of={explanation} />}
    </>
  );
}
