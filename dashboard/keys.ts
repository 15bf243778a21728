// What keys do anywhere on the page. Inside a field they write, with Ctrl, Alt or Meta they are the browser's.

import { isPaused } from "./state/exchanges.ts";
import { say } from "./state/announcement.ts";
import { closeChoice, toggleFaults } from "./view/choice.ts";
import { stepThroughList } from "./view/focus.ts";
import { isHelpOpen } from "./view/help.tsx";

/** Listens to the keyboard; returns how to stop. */
export function listenToKeys(): () => void {
  document.addEventListener("keydown", onKey);
  return () => document.removeEventListener("keydown", onKey);
}

function onKey(event: KeyboardEvent): void {
  if (event.ctrlKey || event.altKey || event.metaKey || isHelpOpen.value) return;
  const { target } = event;
  if (target instanceof HTMLElement && target.matches("input, select, textarea")) {
    if (event.key === "Escape") target.blur();
    return;
  }
  const act = actions[event.key];
  if (act === undefined) return;
  event.preventDefault();
  act();
}

const actions: Readonly<Record<string, () => void>> = {
  j: () => stepThroughList(1),
  k: () => stepThroughList(-1),
  p: () => {
    isPaused.value = !isPaused.value;
    say(isPaused.value ? "The list is paused" : "The list goes on");
  },
  f: toggleFaults,
  "/": () => document.querySelector<HTMLElement>("#filter-text")?.focus(),
  "?": () => {
    isHelpOpen.value = true;
  },
  Escape: closeChoice,
};
