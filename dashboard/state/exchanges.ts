// The list of exchanges: bounded, drawn a few times a second however many come, and still while somebody reads it.

import { computed, effect, signal } from "@preact/signals";

import type { Summary } from "../api/types.ts";
import { place } from "./place.ts";

/** Kept to be searched. */
const mostKept = 500;

/** Rows that are drawn. */
export const mostRows = 200;

/** Between two drawings of the list, in milliseconds. */
const drawEveryMs = 120;

/** Why the list stands still. */
export type Hold = "paused" | "reading";

const kept = signal<readonly Summary[]>([]);
let waiting: Summary[] = [];
let drawnAt = 0;
let isDrawPending = false;
let readingTimer = 0;

/** Somebody has stopped the list. */
export const isPaused = signal(false);
const isReading = signal(false);
const isScrolled = signal(false);

/** Why new exchanges wait; null while they do not. */
export const hold = computed<Hold | null>(() => {
  if (isPaused.value) return "paused";
  return isReading.value || isScrolled.value ? "reading" : null;
});

/** How many wait. */
export const newer = signal(0);

/** The first answer of the server is there. */
export const isLoaded = signal(false);

/** What the list shows, newest first. */
export const rows = computed<readonly Summary[]>(() => {
  const wanted = place.value.text.trim().toLowerCase();
  const found = wanted === "" ? kept.value : kept.value.filter((one) => holds(one, wanted));
  return found.slice(0, mostRows);
});

effect(() => {
  if (hold.value === null) drawSoon();
});

/** Takes the place of everything that was there. */
export function replaceAll(list: readonly Summary[]): void {
  const rays = new Set(list.map(({ ray }) => ray));
  waiting = waiting.filter(({ ray }) => !rays.has(ray));
  kept.value = list.slice(0, mostKept);
  isLoaded.value = true;
  drawSoon();
}

/** Forgets everything: other exchanges are asked for. */
export function clear(): void {
  waiting = [];
  newer.value = 0;
  kept.value = [];
  isLoaded.value = false;
}

/** Takes one that has just ended. */
export function add(one: Summary): void {
  waiting.push(one);
  if (waiting.length > mostKept) waiting = waiting.slice(-mostKept);
  drawSoon();
}

/** Keeps the list still for a moment: a row must not move away under a finger. */
export function keepStill(forMs: number): void {
  isReading.value = true;
  clearTimeout(readingTimer);
  readingTimer = setTimeout(() => {
    isReading.value = false;
  }, forMs);
}

/** Whether the reader looks at older rows. */
export function setScrolled(scrolled: boolean): void {
  isScrolled.value = scrolled;
}

/** Lets those who wait in, at once. */
export function release(): void {
  clearTimeout(readingTimer);
  isPaused.value = false;
  isReading.value = false;
  isScrolled.value = false;
}

/** The summary of an exchange, where the list has it. */
export function summaryOf(ray: string): Summary | null {
  return kept.value.find((one) => one.ray === ray) ?? null;
}

/** The newest exchange of each zone, of those that the list has. */
export function lastOfZones(): ReadonlyMap<string, Summary> {
  return new Map(
    kept
      .peek()
      .toReversed()
      .map((one) => [one.zone, one]),
  );
}

function drawSoon(): void {
  if (isDrawPending || waiting.length === 0) return;
  isDrawPending = true;
  // Hidden pages get no frames: theirs come with the clock.
  const next = document.hidden ? setTimeout : requestAnimationFrame;
  setTimeout(() => next(draw), Math.max(0, drawnAt + drawEveryMs - performance.now()));
}

function draw(): void {
  isDrawPending = false;
  drawnAt = performance.now();
  if (hold.value !== null) {
    newer.value = waiting.length;
    return;
  }
  newer.value = 0;
  kept.value = [...waiting.toReversed(), ...kept.value].slice(0, mostKept);
  waiting = [];
}

function holds(one: Summary, wanted: string): boolean {
  if (one.injected !== null && `injected ${one.injected}`.includes(wanted)) return true;
  return searched.some((key) =>
    String(one[key] ?? "")
      .toLowerCase()
      .includes(wanted),
  );
}

const searched = [
  "host",
  "path",
  "ray",
  "origin",
  "originIp",
  "method",
  "status",
  "code",
  "failure",
  "reason",
  "client",
] as const;
