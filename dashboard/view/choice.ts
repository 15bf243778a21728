// Opening and closing what was chosen, with the focus going along and coming back.

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

/** Closes the explanation, or else the details. */
export function closeChoice(): void {
  const { ray, explain: explained } = place.value;
  if (explained !== "") go({ explain: "" });
  else if (ray !== "") {
    go({ ray: "" });
    focusRow(ray);
  }
}
