// Numbers for the exchanges of several processes, so that they have one order: by time, and no two the same.

/** More than there can be processes. */
const lanes = 512;

/** So many exchanges of a process in one millisecond still have numbers of that millisecond. */
const perMs = 64;

/** Numbers for the process with this lane, 0 to 511; `begunAt` is when the first of all began, in milliseconds since the epoch. */
export function seqOf(lane: number, begunAt: number): () => number {
  let last = 0;
  return () => {
    const now = (Date.now() - begunAt + 1) * perMs * lanes + lane;
    last = Math.max(now, last + lanes);
    return last;
  };
}
