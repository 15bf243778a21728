// Opening and closing what was chosen, with the focus going along and coming back.

import { computed } from "@preact/signals";

import { go, place } from "../state/place.ts";
import { focusRow } from "./focus.ts";

/** Opens the details of an exchange. */
export function choose(ray: string): void {
  go({ ray, explain: "" });
}

/** Opens the explanation of a code, a failure type or a reason. */
export function explain(name: string): void {
  go({ explain: name });
}

/** Whether the panel of faults is at the side. */
export const areFaultsShown = computed(() => {
  const { ray, explain: explained, panel } = place.value;
  return panel === "faults" && ray === "" && explained === "";
});

/** Opens the panel of faults, or closes it. */
export function toggleFaults(): void {
  if (areFaultsShown.value) return closeChoice();
  isFocusWanted = true;
  go({ ray: "", explain: "", panel: "faults" });
}

let isFocusWanted = false;

/** Puts the focus on the panel's title if somebody has asked for the panel: it also comes back from under something else. */
export function focusFaults(title: HTMLElement | null): void {
  if (isFocusWanted) title?.focus();
  isFocusWanted = false;
}

/** Closes the explanation, or else the details, or else the panel. */
export function closeChoice(): void {
  const { ray, explain: explained, panel } = place.value;
  if (explained !== "") go({ explain: "" });
  else if (ray !== "") {
    go({ ray: "" });
    focusRow(ray);
  } else if (panel !== "") {
    go({ panel: "" });
    document.querySelector<HTMLElement>(".faults-button")?.focus();
  }
}
