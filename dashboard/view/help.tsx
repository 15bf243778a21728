// Which keys there are, and what the marks mean.

import { signal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";

import { gateway } from "../state/gateway.ts";

/** Whether the dialog is open. */
export const isHelpOpen = signal(false);

const keys = [
  ["j  ↓", "next exchange"],
  ["k  ↑", "exchange before"],
  ["Home  End", "newest, oldest exchange"],
  ["Enter", "open the exchange"],
  ["Escape", "close it, or leave a field"],
  ["/", "go to the filter"],
  ["f", "faults: inject, watch and clear them"],
  ["p", "pause the list, or let it go on"],
  ["?", "this list"],
] as const;

/** The dialog. */
export function Help() {
  const dialog = useRef<HTMLDialogElement>(null);
  const isOpen = isHelpOpen.value;
  useEffect(() => {
    if (isOpen) dialog.current?.showModal();
  }, [isOpen]);
  return (
    <dialog ref={dialog} aria-labelledby="help-title" onClose={() => (isHelpOpen.value = false)}>
      <h2 id="help-title">Keys</h2>
      <dl class="keys">
        {keys.map(([key, does]) => (
          <div key={key}>
            <dt>
              {key.split("  ").map((one) => (
                <kbd key={one}>{one}</kbd>
              ))}
            </dt>
            <dd>{does}</dd>
          </div>
        ))}
      </dl>
      <p class="soft">Arrows, Home and End work inside the list, the others anywhere.</p>
      {gateway.value !== null && <p class="soft">Edgecase {gateway.value.version}</p>}
      <form method="dialog">
        <button type="submit">Close</button>
      </form>
    </dialog>
  );
}
