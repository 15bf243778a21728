// One exchange in the list. It is drawn once: what it says never changes.

import type { Summary } from "../api/types.ts";
import { addressWith, place } from "../state/place.ts";
import { duration, timeOfDay } from "../steps.ts";
import { titleOf } from "./code-title.ts";
import { Strip } from "./strip.tsx";

/** A row. Reading a signal makes Preact draw it anew only when that, or its exchange, changes. */
export function ExchangeRow({ one }: { readonly one: Summary }) {
  const isChosen = place.value.ray === one.ray;
  return (
    <tr
      role="row"
      class={one.code === null && one.status < 400 ? "" : "is-error"}
      aria-current={isChosen}
    >
      <td role="cell" class="time">
        {timeOfDay(one.time)}
      </td>
      <td role="cell" class="answer">
        <Answer one={one} />
      </td>
      <td role="cell" class="request">
        <a
          class="what"
          href={addressWith({ ray: one.ray, explain: "" })}
          data-ray={one.ray}
          tabIndex={-1}
        >
          {one.injected !== null && <InjectedTag fault={one.injected} />}
          <span class="method">{one.method}</span> <span class="host">{one.host}</span>
          <span class="path">{one.path}</span>
        </a>
      </td>
      <td role="cell" class="way">
        <Strip of={one} />
      </td>
      <td role="cell" class="cause">
        <Cause one={one} />
      </td>
      <td role="cell" class="origin">
        {one.origin}
      </td>
      <td role="cell" class="total">
        {duration(one.totalMs)}
      </td>
    </tr>
  );
}

function InjectedTag({ fault }: { readonly fault: string }) {
  return (
    <>
      <span class="tag" title={`The fault ${fault}, on purpose`}>
        injected
      </span>{" "}
    </>
  );
}

/** What the client got, and the detailed code where that is another. */
export function Answer({ one }: { readonly one: Summary }) {
  const { code, status } = one;
  if (code === null) return <span class={status < 400 ? "code" : "code is-bad"}>{status}</span>;
  return (
    <span class="code is-bad" title={titleOf(code)}>
      {code}
      {(one.late || status !== code) && <span class="told"> {toldAs(one)}</span>}
    </span>
  );
}

function toldAs({ late, status }: Summary): string {
  if (status === 0) return "unanswered";
  return late ? `cut off after ${status}` : `as ${status}`;
}

function Cause({ one }: { readonly one: Summary }) {
  const { failure, reason, status } = one;
  if (failure === null) {
    if (status === 499) return <span class="soft">client left</span>;
    return status >= 400 && one.originStatus > 0 ? <span class="soft">said the origin</span> : null;
  }
  return (
    <span title={reason === null ? failure : `${failure} / ${reason}`}>{reason ?? failure}</span>
  );
}
