// The focus in the list of exchanges: one row is in the tab order, and the arrow keys go from there.

/** The row that keys start from, by its exchange. */
let current = "";

function links(): HTMLAnchorElement[] {
  return [...document.querySelectorAll<HTMLAnchorElement>("#exchange-rows a.what")];
}

/** Puts the current row, or the first, into the tab order: rows come and go. */
export function tendTabStop(): void {
  const all = links();
  const stop = all.find(({ dataset }) => dataset["ray"] === current) ?? all[0];
  for (const link of all) {
    const index = link === stop ? 0 : -1;
    if (link.tabIndex !== index) link.tabIndex = index;
  }
}

/** Takes a row as the current one. */
export function setCurrent(ray: string): void {
  current = ray;
  tendTabStop();
}

/** Goes on by so many rows; from outside the list, to the current row. */
export function stepThroughList(by: number): void {
  const all = links();
  const at = all.findIndex((link) => link === document.activeElement);
  const next = at < 0 ? all.findIndex(({ tabIndex }) => tabIndex === 0) : at + by;
  focusAt(all, next);
}

/** Goes to the first row or the last. */
export function goToEnd(isLast: boolean): void {
  const all = links();
  focusAt(all, isLast ? all.length - 1 : 0);
}

/** Goes to the row of an exchange, if it is still there, or to the one in the tab order. */
export function focusRow(ray: string): void {
  const all = links();
  const found = all.findIndex(({ dataset }) => dataset["ray"] === ray);
  focusAt(all, found < 0 ? all.findIndex(({ tabIndex }) => tabIndex === 0) : found);
}

function focusAt(all: readonly HTMLAnchorElement[], at: number): void {
  all[Math.max(0, Math.min(at, all.length - 1))]?.focus();
}
