// Where a response's head breaks HTTP/1.1. undici's parser refuses it without a code, so the bytes are read once more.

/** A field line. @see RFC 9112 §5, RFC 9110 §5.1 and §5.5 */
const fieldLine = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):([\t\x20-\x7e\x80-\xff]*)$/;

/** A status line. @see RFC 9112 §4 */
const statusLine = /^HTTP\/1\.[01] [1-5]\d{2}(?: [\t\x20-\x7e\x80-\xff]*)?$/;

/** The reason under `http_protocol_error` for a head that a parser refused: the first rule that it breaks. */
export function faultInHead(bytes: Buffer): "bad_status_line" | "bad_header" | "bad_framing" {
  const end = bytes.indexOf("\r\n\r\n");
  const head = bytes.toString("latin1", 0, end < 0 ? bytes.length : end);
  const [first = "", ...fields] = head.split("\r\n");
  // A line that ends with LF alone is a fault of the line ends, wherever it stands.
  if (!statusLine.test(first)) return first.includes("\n") ? "bad_header" : "bad_status_line";

  let lengths = 0;
  for (const line of fields) {
    const [, name, value = ""] = fieldLine.exec(line) ?? [];
    if (name === undefined) return "bad_header";
    const lower = name.toLowerCase();
    if (lower === "transfer-encoding") lengths += 1;
    if (lower !== "content-length") continue;
    lengths += 1;
    if (lengths > 1 || !/^\d+$/.test(value.trim())) return "bad_framing";
  }
  return lengths > 1 ? "bad_framing" : "bad_header";
}
