// Loops: the name under which this gateway signs CDN-Loop, and how often a request bears it.

/** A cdn-id. @see RFC 8586 §2 */
export const cdnName = "edgecase";

/** A request that has passed this gateway so often already goes no further. */
export const mostLoops = 3;

/** How many members of CDN-Loop are this CDN's. Several fields are one list, as Node joins them. @see RFC 8586 §2 */
export function countLoops(field: string): number {
  return membersOf(field).filter(
    (member) => member.trim().split(/[;\s]/, 1)[0]?.toLowerCase() === cdnName,
  ).length;
}

/**
 * The members of a list, split at the commas that are not in a quoted string.
 *
 * A quote that never closes quotes nothing: else whoever sends one could hide the signatures that come after it.
 */
function membersOf(field: string): string[] {
  const members: string[] = [];
  let from = 0;
  for (let at = 0; at < field.length; at += 1) {
    if (field[at] === ",") {
      members.push(field.slice(from, at));
      from = at + 1;
    } else if (field[at] === '"') {
      const end = endOfQuoted(field, at);
      if (end < 0) return [...members, ...field.slice(from).split(",")];
      at = end;
    }
  }
  return [...members, field.slice(from)];
}

/** Where the quoted string that begins here ends; -1 if it does not. @see RFC 9110 §5.6.4 */
function endOfQuoted(field: string, start: number): number {
  for (let at = start + 1; at < field.length; at += 1) {
    if (field[at] === '"') return at;
    if (field[at] === "\\") at += 1;
  }
  return -1;
}
