// What to inject, and into what. The gateway judges it; what it refuses is said beside the field that it names.

import { useEffect, useRef, useState } from "preact/hooks";

import type { Problem } from "../api/ask.ts";
import { type Draft, draft, inject, isLate, loadNames, names } from "../state/faults.ts";
import { settings } from "../state/settings.ts";

/** Fields by the keys that the gateway calls them by. */
const keys: Readonly<Record<string, keyof Draft>> = {
  zone: "zone",
  fault: "fault",
  rate: "rate",
  count: "count",
  for: "for",
  "match.path": "path",
  after: "after",
};

/** The form. */
export function InjectForm() {
  const [problem, setProblem] = useState<Problem | null>(null);
  const [isBusy, setBusy] = useState(false);
  const form = useRef<HTMLFormElement>(null);
  const wrong = problem === null ? undefined : keys[problem.path ?? ""];
  useEffect(() => {
    if (wrong !== undefined) form.current?.querySelector<HTMLElement>(`#fault-${wrong}`)?.focus();
  }, [problem]);
  const submit = async (): Promise<void> => {
    if (isBusy) return;
    setBusy(true);
    setProblem(await inject());
    setBusy(false);
  };
  const problemAt = (key: keyof Draft) => (key === wrong ? problem : null);
  return (
    <form
      class="inject"
      ref={form}
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
    >
      <ZoneField problem={problemAt("zone")} />
      <Field of="fault" label="Fault" hint="525, expired, cut…" problem={problemAt("fault")} />
      <Field of="rate" label="Rate, 0 to 1" hint="1" problem={problemAt("rate")} />
      <Field of="count" label="Count" hint="no end" problem={problemAt("count")} />
      <Field of="for" label="For" hint="30s, 5m" problem={problemAt("for")} />
      <Field of="path" label="Path" hint="any, or /api/*" problem={problemAt("path")} />
      {isLate.value && (
        <Field of="after" label="After bytes" hint="0" problem={problemAt("after")} />
      )}
      <Suggestions />
      {problem !== null && wrong === undefined && (
        <p class="refusal" role="alert">
          <b>Not injected.</b> {problem.title}. {problem.detail ?? ""}
        </p>
      )}
      <button type="submit" class="primary" aria-disabled={isBusy}>
        {isBusy ? "Injecting…" : "Inject"}
      </button>
    </form>
  );
}

interface FieldProps {
  readonly of: keyof Draft;
  readonly label: string;
  readonly hint: string;
  readonly problem: Problem | null;
}

function Field({ of, label, hint, problem }: FieldProps) {
  return (
    <div class={`inject-${of}`}>
      <label class="field">
        <span>{label}</span>
        <input
          id={`fault-${of}`}
          type="text"
          placeholder={hint}
          autocomplete="off"
          spellcheck={false}
          {...(of === "fault" && { list: "fault-names", required: true })}
          {...describedBy(of, problem)}
          value={draft.value[of]}
          onInput={({ currentTarget }) => write(of, currentTarget.value)}
        />
      </label>
      <Wrong of={of} problem={problem} />
    </div>
  );
}

function ZoneField({ problem }: { readonly problem: Problem | null }) {
  return (
    <div class="inject-zone">
      <label class="field">
        <span>Zone</span>
        <select
          id="fault-zone"
          {...describedBy("zone", problem)}
          value={draft.value.zone}
          onChange={({ currentTarget }) => write("zone", currentTarget.value)}
        >
          <option value="">Every zone</option>
          {(settings.value?.zones ?? []).map(({ zone }) => (
            <option key={zone} value={zone}>
              {zone}
            </option>
          ))}
        </select>
      </label>
      <Wrong of="zone" problem={problem} />
    </div>
  );
}

function Wrong({ of, problem }: { readonly of: string; readonly problem: Problem | null }) {
  if (problem === null) return null;
  const { title, detail = title, path = "" } = problem;
  return (
    <p id={`fault-${of}-wrong`} class="wrong" role="alert">
      {detail.startsWith(`${path}: `) ? detail.slice(path.length + 2) : detail}
    </p>
  );
}

function describedBy(of: string, problem: Problem | null) {
  return problem === null
    ? {}
    : ({ "aria-invalid": true, "aria-describedby": `fault-${of}-wrong` } as const);
}

function write(key: keyof Draft, value: string): void {
  draft.value = { ...draft.value, [key]: value };
}

/** What can be injected: a code is in it where a profile in use has it. */
function Suggestions() {
  const { zone } = draft.value;
  const profiles = (settings.value?.zones ?? [])
    .filter((one) => zone === "" || one.zone === zone)
    .map(({ profile }) => profile)
    .join();
  useEffect(() => void loadNames(zone), [zone, profiles]);
  return (
    <datalist id="fault-names">
      {names.value.map(({ name, title }) => (
        <option key={name} value={name}>
          {title}
        </option>
      ))}
    </datalist>
  );
}
