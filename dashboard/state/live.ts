// The stream of exchanges: opened, followed, opened again when it breaks, and anew when the filter changes.

import { effect, signal } from "@preact/signals";

import { ask, fetchApi } from "../api/ask.ts";
import { eventsOf } from "../api/event-stream.ts";
import type { ExchangeList, GatewayFacts, Settings, Summary, Tick } from "../api/types.ts";
import { announce } from "./announcement.ts";
import { addPast, addTick } from "./counts.ts";
import { add, clear, replaceAll } from "./exchanges.ts";
import { gateway } from "./gateway.ts";
import { pastSeconds } from "./past.ts";
import { place, serverFilter } from "./place.ts";
import { needsToken } from "./session.ts";
import { settings } from "./settings.ts";

/** How it stands with the gateway. */
export type Connection = "connecting" | "live" | "lost";

/** How it stands with the gateway. */
export const connection = signal<Connection>("connecting");

/** Most that the server gives at once, and more than the list keeps. */
const listLimit = 500;

/** Between two tries, in milliseconds: the first comes soon, as after a restart. */
const firstRetryMs = 500;
const lastRetryMs = 5_000;

/** A text that can only be a ray ID is asked for, in case the list no longer has it. */
const wholeRay = /^[0-9a-f]{16}(-[a-z]{3})?$/i;

/** Of the past no more is asked for than this many times that. */
const mostPages = 4;

/** The past is asked for once. */
let hasPast = false;

/** Follows the stream from now on. */
export function startLive(): void {
  effect(() => {
    const filter = serverFilter.value;
    if (needsToken.value) return;
    const ended = new AbortController();
    clear();
    void follow(filter, ended.signal);
    return () => ended.abort();
  });
  effect(() => {
    const text = place.value.text.trim();
    if (wholeRay.test(text)) void find(text);
  });
}

async function follow(filter: string, ended: AbortSignal): Promise<void> {
  let retryMs = firstRetryMs;
  while (!ended.aborted && !needsToken.value) {
    // oxlint-disable-next-line no-await-in-loop -- One connection after another.
    if (await followOnce(filter, ended)) retryMs = firstRetryMs;
    if (ended.aborted) return;
    connection.value = "lost";
    // oxlint-disable-next-line no-await-in-loop -- The pause between two tries.
    await pause(retryMs);
    retryMs = Math.min(retryMs * 2, lastRetryMs);
  }
}

/** Whether there was a stream to follow, which has ended now. */
async function followOnce(filter: string, ended: AbortSignal): Promise<boolean> {
  const opened = await fetchApi(`stream?${filter}`, { signal: ended });
  if (opened.value === null) return false;
  connection.value = "live";
  void catchUp(filter, ended);
  if (!hasPast) void countPast();
  try {
    for await (const { name, data } of eventsOf(opened.value)) {
      if (ended.aborted) return true;
      take(name, data);
    }
  } catch {
    // The connection broke: it is opened again.
  }
  return true;
}

/** What ended before the stream was there. The settings are the stream's first event. */
async function catchUp(filter: string, ended: AbortSignal): Promise<void> {
  const [list, facts] = await Promise.all([
    ask<ExchangeList>(`exchanges?limit=${listLimit}&${filter}`),
    ask<GatewayFacts>("gateway"),
  ]);
  if (ended.aborted) return;
  if (list.value !== null) replaceAll(list.value.exchanges);
  if (facts.value !== null) gateway.value = facts.value;
}

/** What is counted from now on is in the stream's ticks. */
async function countPast(): Promise<void> {
  const untilMs = Date.now();
  const past: Summary[] = [];
  let known = { completeFrom: 0, oldest: null as number | null };
  for (let page = 0; page < mostPages; page++) {
    const before = page === 0 ? "" : `&before=${past.at(-1)?.seq ?? 1}`;
    // oxlint-disable-next-line no-await-in-loop -- Each page begins where the one before it ends.
    const list = await ask<ExchangeList>(`exchanges?limit=${listLimit}${before}`);
    past.push(...(list.value?.exchanges ?? []));
    if (list.value !== null) known = list.value;
    if ((list.value?.exchanges.length ?? 0) < listLimit) break;
  }
  if (hasPast) return;
  hasPast = true;
  addPast(pastSeconds(past, known, untilMs));
}

function take(name: string, data: string): void {
  if (name === "exchange") {
    const one = JSON.parse(data) as Summary;
    add(one);
    announce(one);
  } else if (name === "tick") addTick(JSON.parse(data) as Tick);
  else if (name === "settings") settings.value = JSON.parse(data) as Settings;
}

async function find(ray: string): Promise<void> {
  const found = await ask<ExchangeList>(`exchanges?ray=${encodeURIComponent(ray)}`);
  if (found.value !== null && found.value.exchanges.length > 0 && place.value.text.trim() === ray)
    replaceAll(found.value.exchanges);
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}
