// Says above everything else that faults are in force: what fails then may fail on purpose.

import { faults } from "../state/faults.ts";
import { addressWith } from "../state/place.ts";
import { areFaultsShown, toggleFaults } from "./choice.ts";
import { whereOf } from "./faults.tsx";

/** No more are named. */
const mostNamed = 2;

/** The notice, while there is something to say. */
export function InForceNotice() {
  const all = faults.value ?? [];
  if (all.length === 0) return null;
  const named = all.slice(0, mostNamed).map((fault) => `${fault.fault} in ${whereOf(fault)}`);
  const more = all.length - named.length;
  return (
    <p class="notice in-force">
      <b>{all.length === 1 ? "A fault is" : `${all.length} faults are`} in force:</b>{" "}
      {named.join(", ")}
      {more > 0 && `, and ${more} more`}.{" "}
      {!areFaultsShown.value && (
        <a
          href={addressWith({ ray: "", explain: "", panel: "faults" })}
          onClick={(event) => {
            if (event.ctrlKey || event.metaKey || event.shiftKey) return;
            event.preventDefault();
            toggleFaults();
          }}
        >
          Show {all.length === 1 ? "it" : "them"}
        </a>
      )}
    </p>
  );
}
