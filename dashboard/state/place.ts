// Where the reader is: filters, the chosen exchange, the explanation that is open. It is the address, so that it can be kept and sent.

import { computed, signal } from "@preact/signals";

/** Everything that the address says; empty where nothing was chosen. */
export interface Place {
  readonly zone: string;
  readonly code: string;
  readonly failure: string;
  readonly text: string;
  /** The exchange whose details are open. */
  readonly ray: string;
  /** The code, failure type or reason that is explained. */
  readonly explain: string;
  /** `faults` where that panel is open, below the two others. */
  readonly panel: string;
}

const nowhere: Place = {
  zone: "",
  code: "",
  failure: "",
  text: "",
  ray: "",
  explain: "",
  panel: "",
};

/** Where the reader is. */
export const place = signal<Place>(readAddress());

/** What of it the server filters by, as a query. Text is looked for here. */
export const serverFilter = computed(() => {
  const { zone, code, failure } = place.value;
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries({ zone, code, failure }))
    if (value !== "") query.set(name, value);
  return query.toString();
});

/** Whether something keeps exchanges out of the list. */
export const isNarrowed = computed(() => {
  const { zone, code, failure, text } = place.value;
  return [zone, code, failure, text].some((value) => value !== "");
});

addEventListener("popstate", () => {
  place.value = readAddress();
});

/** Goes somewhere, so that the browser's way back leads here. */
export function go(change: Partial<Place>): void {
  place.value = { ...place.value, ...change };
  history.pushState(null, "", addressOf(place.value));
}

/** Narrows what is shown without a step back for each letter. */
export function narrow(change: Partial<Place>): void {
  place.value = { ...place.value, ...change };
  history.replaceState(null, "", addressOf(place.value));
}

/** Shows all exchanges again. */
export function widen(): void {
  narrow({ zone: "", code: "", failure: "", text: "" });
}

/** The address of a place near the present one. */
export function addressWith(change: Partial<Place>): string {
  return addressOf({ ...place.value, ...change });
}

function addressOf(to: Place): string {
  const query = new URLSearchParams(Object.entries(to).filter(([, value]) => value !== ""));
  return query.size === 0 ? location.pathname : `?${query.toString()}`;
}

function readAddress(): Place {
  const query = new URLSearchParams(location.search);
  return Object.fromEntries(
    Object.keys(nowhere).map((name) => [name, query.get(name) ?? ""]),
  ) as unknown as Place;
}
