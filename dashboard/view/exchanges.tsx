// The live list: what is filtered, whether it stands still, and a row for each exchange.

import { useLayoutEffect, useRef } from "preact/hooks";

import { sampled } from "../state/counts.ts";
import { hold, isLoaded, isPaused, keepStill, mostRows, newer, release, rows, setScrolled } from "../state/exchanges.ts"; // prettier-ignore
import { place } from "../state/place.ts";
import { settings } from "../state/settings.ts";
import { choose } from "./choice.ts";
import { ExchangeRow } from "./exchange-row.tsx";
import { Filters } from "./filters.tsx";
import { focusRow, goToEnd, setCurrent, stepThroughList, tendTabStop } from "./focus.ts";
import { Nothing } from "./nothing.tsx";

/** A pointer that has come to rest no longer holds the list, nor do keys, after so many milliseconds. */
const pointerHoldMs = 1_500;
const keyHoldMs = 5_000;

/** The section with the list. */
export function Exchanges() {
  return (
    <section id="exchanges" class="exchanges" aria-labelledby="exchanges-title" tabIndex={-1}>
      <div class="section-head">
        <h2 id="exchanges-title">Exchanges</h2>
        <ListState />
        <button
          type="button"
          class="quiet pause"
          aria-pressed={isPaused.value}
          onClick={() => (isPaused.value = !isPaused.value)}
        >
          {isPaused.value ? "Go on" : "Pause"} <kbd aria-hidden="true">p</kbd>
        </button>
      </div>
      <Filters />
      <List />
    </section>
  );
}

function ListState() {
  const some = sampled.value;
  const waiting = newer.value;
  return (
    <p class="list-state">
      {some !== null && (
        <span class="notice" data-notice="sampled">
          Busy: showing {some.shown} of {some.requests} in the last {some.seconds} s, errors first
        </span>
      )}
      {hold.value !== null && (
        <button
          type="button"
          class="notice"
          onClick={() => {
            release();
            document.querySelector(".scroller")?.scrollTo(0, 0);
          }}
        >
          {hold.value === "paused" ? "Paused" : "Held while you read"}
          {waiting > 0 && `: ${waiting} newer, show them`}
        </button>
      )}
    </p>
  );
}

function List() {
  const focused = useRef("");
  const shown = rows.value;
  useLayoutEffect(() => {
    tendTabStop();
    // The row that had the focus has gone off the end of the list.
    if (focused.current !== "" && document.activeElement === document.body)
      focusRow(focused.current);
  }, [shown]);
  if (isLoaded.value && shown.length === 0) return <Nothing />;
  return (
    <div
      class="scroller"
      onScroll={({ currentTarget }) => setScrolled(currentTarget.scrollTop > 8)}
      onPointerMove={() => keepStill(pointerHoldMs)}
    >
      <table class="list" role="table" aria-labelledby="exchanges-title">
        <caption class="unseen">
          Newest first, at most {mostRows}. {describeFilter()}
        </caption>
        <thead role="rowgroup">
          <tr role="row">
            {columns.map(([name, className]) => (
              <th key={name} role="columnheader" scope="col" class={className}>
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody
          id="exchange-rows"
          role="rowgroup"
          onKeyDown={onListKey}
          onClick={onListClick}
          onFocusIn={({ target }) => {
            focused.current = rayAt(target);
            setCurrent(focused.current);
          }}
          onFocusOut={({ relatedTarget }) => {
            if (relatedTarget !== null) focused.current = "";
          }}
        >
          {shown.map((one) => (
            <ExchangeRow key={one.ray} one={one} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

const columns = [
  ["Time", "time"],
  ["Answer", "answer"],
  ["Request", "request"],
  ["Way", "way"],
  ["Cause", "cause"],
  ["Origin", "origin"],
  ["Total", "total"],
] as const;

const listKeys: Readonly<Record<string, () => void>> = {
  ArrowDown: () => stepThroughList(1),
  ArrowUp: () => stepThroughList(-1),
  Home: () => goToEnd(false),
  End: () => goToEnd(true),
};

function onListKey(event: KeyboardEvent): void {
  keepStill(keyHoldMs);
  const act = listKeys[event.key];
  if (act === undefined || event.ctrlKey || event.altKey || event.metaKey) return;
  event.preventDefault();
  act();
}

/** A click anywhere in a row opens it; one that wants a new tab, or marks text, is the browser's. */
function onListClick(event: MouseEvent): void {
  if (event.ctrlKey || event.metaKey || event.shiftKey) return;
  if (getSelection()?.isCollapsed === false) return;
  const ray = rayAt(event.target);
  if (ray === "") return;
  event.preventDefault();
  setCurrent(ray);
  choose(ray);
}

function rayAt(target: EventTarget | null): string {
  const row = target instanceof Element ? target.closest("tr") : null;
  return row?.querySelector<HTMLElement>("a.what")?.dataset["ray"] ?? "";
}

function describeFilter(): string {
  const { zone, code, failure, text } = place.value;
  const parts = [zone, code, failure, text].filter((part) => part !== "");
  const all = settings.value?.zones.length ?? 0;
  return parts.length === 0 ? `Of all ${all} zones.` : `Filtered by ${parts.join(", ")}.`;
}
