// How many files and sockets the system lets this process have open.

import { readFileSync } from "node:fs";

/** The limit; null where the system does not tell. Node has raised it as far as it may before anything of ours runs. */
export function mostOpenFiles(): number | null {
  try {
    const [, most] =
      /^Max open files +(\d+)/m.exec(readFileSync("/proc/self/limits", "utf8")) ?? [];
    return most === undefined ? null : Number(most);
  } catch {
    return null; // Only Linux has that file.
  }
}
