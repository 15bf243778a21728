// The system's hosts file, which c-ares' resolve functions do not read.

import { readFileSync, statSync } from "node:fs";
import { isIP } from "node:net";

const path =
  process.platform === "win32" ? "C:\\Windows\\System32\\drivers\\etc\\hosts" : "/etc/hosts";

let known: ReadonlyMap<string, readonly string[]> = new Map();
let knownMtimeMs = -1;

/** The addresses that the hosts file gives a name, in its order; none if it does not mention it. Re-read when it changes. */
export function hostsFileAddresses(name: string): readonly string[] {
  try {
    const { mtimeMs } = statSync(path);
    if (mtimeMs !== knownMtimeMs) {
      known = parseHosts(readFileSync(path, "utf8"));
      knownMtimeMs = mtimeMs;
    }
  } catch {
    known = new Map(); // No such file, or not ours to read: nothing is mentioned.
    knownMtimeMs = -1;
  }
  return known.get(name) ?? [];
}

/** Names (lower case) to addresses, from the text of a hosts file. @see hosts(5) */
export function parseHosts(text: string): Map<string, string[]> {
  const names = new Map<string, string[]>();
  for (const line of text.split("\n")) {
    const [address = "", ...aliases] = line.replace(/#.*/, "").trim().split(/\s+/);
    if (isIP(address) === 0) continue;
    for (const alias of aliases) {
      const name = alias.toLowerCase();
      names.set(name, [...(names.get(name) ?? []), address]);
    }
  }
  return names;
}
