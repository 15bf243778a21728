// What a status is counted as: an origin may send any number from 200 to 599, and each would be a series of its own.

import { STATUS_CODES } from "node:http";

import { codes } from "../../edge-codes/index.ts";

/** Status of a client that left before its answer was complete; in logs and metrics only. @see Cloudflare docs, Error 499 */
export const clientLeft = 499;

/** More than any status, and than any number of {@link countingTable}. */
export const statusRange = 1000;

const statusesOfOurs = Object.values(codes).map(({ status }) => status);

/** Statuses that are counted as themselves: the registered ones, and those that an edge answers with. */
export const knownStatuses: readonly number[] = [
  ...new Set([...Object.keys(STATUS_CODES).map(Number), ...statusesOfOurs, clientLeft]),
].toSorted((left, right) => left - right);

const hundred = 100;

/**
 * For every status, what it is counted as: itself, or its class, 1 to 5, where it is none that is known.
 *
 * `configured` are further ones to know: those that the configuration has clients be answered with.
 */
export function countingTable(configured: readonly number[]): Uint16Array {
  const table = Uint16Array.from({ length: statusRange }, (_, status) =>
    Math.floor(status / hundred),
  );
  for (const status of [...knownStatuses, ...configured]) table[status] = status;
  return table;
}

/** The label for a number of {@link countingTable}: `502`, or `5xx`; `0` for a client that got no status at all. */
export function statusLabel(place: number): string {
  if (place === 0) return "0";
  return place < hundred ? `${place}xx` : String(place);
}
