// What is said to those who cannot see the list: errors, gathered, no more often than can be listened to.

import { signal } from "@preact/signals";

import type { Summary } from "../api/types.ts";
import { isPaused } from "./exchanges.ts";

/** Between two announcements, in milliseconds. */
const everyMs = 6_000;

/** The last announcement. */
export const announcement = signal("");

let errors = 0;
let last: Summary | null = null;
let timer: number | null = null;

/** Takes an exchange into account; those that went well are not spoken of. */
export function announce(one: Summary): void {
  if (one.code === null || isPaused.value) return;
  errors++;
  last = one;
  timer ??= setTimeout(speak, announcement.value === "" ? 0 : everyMs);
}

/** Says something that the reader has asked for. */
export function say(text: string): void {
  announcement.value = text;
}

function speak(): void {
  timer = null;
  if (last === null || errors === 0) return;
  const { code, host, reason, failure } = last;
  const what = `${code} at ${host}, ${(reason ?? failure ?? "").replaceAll("_", " ")}`;
  announcement.value = errors === 1 ? `Error ${what}` : `${errors} errors, the last one ${what}`;
  errors = 0;
}
