// Under the HTTPS listener: the server name of a TLS handshake, which comes from the wire and may be anything.

/** Longest name that DNS can hold, in characters. */
const longestName = 253;
const label = /^(?!-)[a-z0-9_-]{1,63}(?<!-)$/;

/**
 * The name in lower case, without a dot at its end; null if no certificate can bear it.
 *
 * An IP address is no server name (RFC 6066 §3). Underscores are let through: hosts have them, though they should not.
 */
export function hostNameOf(serverName: string): string | null {
  if (serverName.length > longestName + 1) return null;
  const name = serverName.toLowerCase().replace(/\.$/, "");
  const labels = name.split(".");
  // Whatever ends in a number is an IPv4 address, or was meant as one.
  const isNumber = /^\d+$/.test(labels.at(-1) ?? "");
  return name.length <= longestName && !isNumber && labels.every((part) => label.test(part))
    ? name
    : null;
}
