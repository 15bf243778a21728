// Faults in force, asked for while somebody looks: others may inject too, and the counts go on. Injected and cleared from here.

import { computed, effect, signal } from "@preact/signals";

import { ask, order, type Problem } from "../api/ask.ts";
import type { Fault, FaultList, FaultNames } from "../api/types.ts";
import { say } from "./announcement.ts";
import { place } from "./place.ts";
import { needsToken } from "./session.ts";

/** A fault as it is being written; empty where nothing is said. */
export interface Draft {
  readonly zone: string;
  readonly fault: string;
  readonly rate: string;
  readonly count: string;
  readonly for: string;
  readonly path: string;
  readonly after: string;
}

/** The faults in force; null until they are known. */
export const faults = signal<readonly Fault[] | null>(null);

/** What is being written: it outlasts a look at an exchange. */
export const draft = signal<Draft>({
  zone: "",
  fault: "",
  rate: "",
  count: "",
  for: "",
  path: "",
  after: "",
});

/** Whether the fault being written has a place in the content. */
export const isLate = computed(() => ["cut", "stall"].includes(draft.value.fault.trim()));

/** What can be injected where the draft wants it. */
export const names = signal<FaultNames["names"]>([]);

/** Between two questions, in milliseconds. */
const everyMs = 1_000;

/** An answer to a question from before a change knows nothing of the change. */
let changes = 0;

/** Asks again and again from now on, while the page is visible. */
export function startFaults(): void {
  effect(() => {
    if (!needsToken.value) void look();
  });
  setInterval(() => {
    if (!document.hidden && !needsToken.value) void look();
  }, everyMs);
  const zone = computed(() => place.value.zone);
  effect(() => {
    draft.value = { ...draft.peek(), zone: zone.value };
  });
}

/** Asks what can be injected into a zone, or into any. */
export async function loadNames(zone: string): Promise<void> {
  const query = zone === "" ? "" : `?zone=${encodeURIComponent(zone)}`;
  const asked = await ask<FaultNames>(`faults/names${query}`);
  if (draft.peek().zone === zone) names.value = asked.value?.names ?? [];
}

/** Injects what was written. Resolves with why not, null if it is in force. */
export async function inject(): Promise<Problem | null> {
  const asked = await change<Fault>("POST", "faults", orderOf(draft.value));
  if (asked.value !== null) take([...(faults.value ?? []), asked.value]);
  return asked.problem;
}

/** Clears a fault, or every fault. Resolves with why not. */
export async function clear(id?: string): Promise<Problem | null> {
  const path = id === undefined ? "faults" : `faults/${encodeURIComponent(id)}`;
  const asked = await change<Fault | FaultList>("DELETE", path);
  // One that is not there any more is clear, too.
  const isClear = asked.value !== null || asked.problem.status === 404;
  if (isClear) take((faults.value ?? []).filter((one) => id !== undefined && one.id !== id));
  return isClear ? null : asked.problem;
}

let isLooking = false;

async function look(): Promise<void> {
  if (isLooking) return;
  isLooking = true;
  const before = changes;
  const asked = await ask<FaultList>("faults");
  isLooking = false;
  if (asked.value !== null && changes === before) take(asked.value.faults);
}

async function change<T>(method: "POST" | "DELETE", path: string, body?: object) {
  changes++;
  const asked = await order<T>(method, path, body);
  changes++;
  return asked;
}

function take(list: readonly Fault[]): void {
  const before = faults.peek()?.length ?? 0;
  faults.value = list;
  if (before === list.length) return;
  say(
    list.length === 0
      ? "No fault is in force"
      : `${list.length} fault${list.length === 1 ? " is" : "s are"} in force`,
  );
}

function orderOf(written: Draft): object {
  const { zone, fault, rate, count, path, after, ...rest } = written;
  return {
    fault: fault.trim(),
    ...(zone !== "" && { zone }),
    ...(path.trim() !== "" && { match: { path: path.trim() } }),
    ...(rest.for.trim() !== "" && { for: rest.for.trim() }),
    ...numberIn("rate", rate),
    ...numberIn("count", count),
    ...(isLate.value && numberIn("after", after)),
  };
}

/** What is no number is sent as it is: the gateway says what it should be. */
function numberIn(name: string, text: string): Record<string, number | string> {
  const written = text.trim();
  if (written === "") return {};
  const value = Number(written);
  return { [name]: Number.isNaN(value) ? written : value };
}
