// What a status is counted as: an origin may send any number from 200 to 599, and each would be a series of its own.

import { STATUS_CODES } from "node:http";

import { codes } from "../../edge-codes/index.ts";

/** Status of a client that left before its answer was complete; in logs and metrics only. @see Cloudflare docs, Error 499 */
export const clientLeft = 499;

/** More than any status, and than any number that {@link countedAs} gives. */
export const statusRange = 1000;

const statusesOfOurs = Object.values(codes).map(({ status }) => status);

/** Statuses that are counted as themselves: the registered ones, and those that an edge answers with. */
export const knownStatuses: readonly number[] = [
  ...new Set([...Object.keys(STATUS_CODES).map(Number), ...statusesOfOurs, clientLeft]),
].toSorted((left, right) => left - right);

const hundred = 100;
const places = Uint16Array.from({ length: statusRange }, (_, status) =>
  Math.floor(status / hundred),
);
for (const status of knownStatuses) places[status] = status;

/** The status itself, or its class, 1 to 5, where it is none that is known. */
export function countedAs(status: number): number {
  return places[status] ?? 0;
}

/** The label for a number of {@link countedAs}: `502`, or `5xx`. */
export function statusLabel(place: number): string {
  return place < hundred ? `${place}xx` : String(place);
}
