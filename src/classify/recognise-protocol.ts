// Whose language is it? Names a protocol by the first bytes of an answer that is not HTTP.

/** What the first bytes of each protocol look like, in latin1. */
const signatures: readonly (readonly [name: string, pattern: RegExp])[] = [
  ["HTTP/2", /^(?:\0[\s\S]{2}\x04[\s\S]\0\0\0\0|PRI \* HTTP\/2)/], // A SETTINGS frame on stream 0 (RFC 9113 §3.4).
  ["TLS", /^[\x14-\x17]\x03[\0-\x04]/],
  ["SSH", /^SSH-\d/],
  ["FTP", /^220[ -][^\r\n]*ftp/i],
  ["SMTP", /^(?:220[ -][^\r\n]*(?:smtp|mail)|[45]\d\d[ -])/i],
  ["SMTP or FTP", /^220[ -]/],
  ["MySQL", /^[\s\S]{3}\0(?:\n\d|\xff[\s\S]{2}|\n[^\0]*-MariaDB)/],
  ["PostgreSQL", /^(?:E\0\0[\s\S]{2}[SC][\s\S]|[NS]$|R\0\0\0)/],
  ["Redis", /^(?:-(?:ERR|NOAUTH|DENIED|MISCONF)|\+(?:PONG|OK)\r)/],
  ["memcached", /^(?:ERROR\r\n|CLIENT_ERROR)/],
  ["POP3", /^\+OK /],
  ["IMAP", /^\* (?:OK|BYE|PREAUTH)/],
  ["AMQP", /^AMQP/],
  ["MongoDB", /^It looks like you are trying to access MongoDB/],
  ["HTML without a head (HTTP/0.9)", /^\s*<(?:!doctype|html|\?xml|head|body)/i],
];

/** No signature needs more bytes than these. */
const looked = 256;

/** The name of the protocol that these bytes look like; null if none of those known. */
export function recogniseProtocol(bytes: Buffer): string | null {
  const text = bytes.toString("latin1", 0, looked);
  return signatures.find(([, pattern]) => pattern.test(text))?.[0] ?? null;
}

/** Bytes as a person can read them: printable ASCII as it is, the rest as `\xNN`; at most `limit` bytes. */
export function readable(bytes: Buffer, limit = 64): string {
  const shown = bytes.subarray(0, limit).toString("latin1");
  const escaped = shown.replace(/[^\x20-\x7e]|\\/g, (byte) => {
    if (byte === "\r") return "\\r";
    if (byte === "\n") return "\\n";
    return `\\x${byte.charCodeAt(0).toString(16).padStart(2, "0")}`;
  });
  return bytes.length > limit ? `${escaped}…` : escaped;
}
