// What clients of a shop ask for, roughly: most of it is read, some of it slowly, some of it is written.

import type { Shot } from "../../test/helpers/steady-load.ts";

/** A kind of request, and how often among a hundred it comes. */
interface Kind {
  readonly percent: number;
  readonly shot: (random: () => number) => Omit<Shot, "path"> & { readonly query: string };
}

const kilobyte = 1_024;

const kinds: readonly Kind[] = [
  { percent: 55, shot: (random) => read("GET", `delay=${Math.floor(random() * 30)}&size=500`) },
  // Under way for long enough to be killed in the middle of the content.
  { percent: 10, shot: () => read("GET", "delay=5&size=20000&parts=5&pause=30") },
  { percent: 5, shot: () => read("HEAD", "delay=5") },
  { percent: 5, shot: () => read("DELETE", "delay=10") },
  { percent: 10, shot: () => written("POST", kilobyte) },
  { percent: 8, shot: () => written("PUT", kilobyte) },
  { percent: 4, shot: () => written("PUT", 200 * kilobyte, 50) },
  { percent: 3, shot: () => written("POST", 200 * kilobyte, 50) },
];

/** One request after the other, by chance; each has its number for a path. */
export function shotsFrom(random: () => number): (number: number) => Shot {
  return (number) => {
    let left = random() * 100;
    const kind = kinds.find(({ percent }) => (left -= percent) < 0) ?? kinds[0];
    const { query, ...shot } = (kind as Kind).shot(random);
    return { ...shot, path: `/${number}?${query}` };
  };
}

function read(method: string, query: string): ReturnType<Kind["shot"]> {
  return { method, query };
}

function written(method: string, bodyBytes: number, uploadMs = 0): ReturnType<Kind["shot"]> {
  return { method, bodyBytes, uploadMs, query: "delay=10" };
}
