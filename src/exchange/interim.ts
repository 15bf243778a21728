// Interim responses on their way to the client. @see RFC 9110 §15.2: a proxy forwards those it did not ask for itself.

import type { ExchangeContext } from "../exchange-context.ts";

const earlyHints = 103;

/** Passes 103 Early Hints on. 100 is the edge's own to send, and 102 says nothing a client waits for. */
export function forwardInterim(
  { req, res }: ExchangeContext,
  status: number,
  rawFields: readonly Buffer[],
): void {
  if (
    status !== earlyHints ||
    req.httpVersion === "1.0" ||
    res.headersSent ||
    res.socket?.writable !== true
  )
    return;
  let head = "HTTP/1.1 103 Early Hints\r\n";
  for (let index = 0; index + 1 < rawFields.length; index += 2) {
    const name = rawFields[index]?.toString("latin1") ?? "";
    if (name.toLowerCase() === "link")
      head += `${name}: ${rawFields[index + 1]?.toString("latin1") ?? ""}\r\n`;
  }
  res.socket.write(`${head}\r\n`, "latin1");
}
