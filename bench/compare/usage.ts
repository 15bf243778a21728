// What a peer has used so far, its children included, as /proc tells. Other systems than Linux have none.

import { readdirSync, readFileSync } from "node:fs";

/** CPU time and memory of a process with all its children. */
export interface Usage {
  readonly cpuMs: number;
  /** Largest resident memory, in megabytes (10⁶), of each added up. */
  readonly peakMb: number;
}

/** The kernel counts in hundredths of a second here, whatever its own clock is (USER_HZ). */
const tickMs = 10;
/** Places in /proc/PID/stat behind the name in brackets (proc(5)). */
const place = { parent: 1, userTicks: 11, systemTicks: 12 };
const bytesPerKb = 1_024;

/** Null where there is no /proc, or the process has ended. */
export function usageOf(pid: number): Usage | null {
  if (process.platform !== "linux") return null;
  const family = familyOf(pid);
  if (family.length === 0) return null;
  return family.reduce(
    (sum, one) => ({
      cpuMs: sum.cpuMs + cpuMsOf(one),
      peakMb: sum.peakMb + peakMbOf(one),
    }),
    { cpuMs: 0, peakMb: 0 },
  );
}

/** The process, its children, theirs and so on; those that have ended are not among them. */
function familyOf(pid: number): readonly number[] {
  const parents = new Map<number, number>();
  for (const name of readdirSync("/proc")) {
    const fields = /^\d+$/.test(name) ? statOf(Number(name)) : null;
    if (fields !== null) parents.set(Number(name), Number(fields[place.parent]));
  }
  const isOfFamily = (one: number | undefined): boolean =>
    one !== undefined && (one === pid || isOfFamily(parents.get(one)));
  return [...parents.keys()].filter(isOfFamily);
}

function cpuMsOf(pid: number): number {
  const fields = statOf(pid);
  return (
    (Number(fields?.[place.userTicks] ?? 0) + Number(fields?.[place.systemTicks] ?? 0)) * tickMs
  );
}

function peakMbOf(pid: number): number {
  const kb = /^VmHWM:\s+(\d+) kB$/m.exec(read(`/proc/${pid}/status`) ?? "")?.[1];
  return (Number(kb ?? 0) * bytesPerKb) / 1e6;
}

function statOf(pid: number): readonly string[] | null {
  const text = read(`/proc/${pid}/stat`);
  return text === null ? null : text.slice(text.lastIndexOf(")") + 2).split(" ");
}

/** A process may end between two looks. */
function read(file: string): string | null {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return null;
  }
}
