// The end of an answer that came before the request was read: the rest is read and thrown away for a while, since closing
// at once would make the kernel reset the connection and the client lose the answer. @see RFC 9112 §9.6

import type { IncomingMessage, ServerResponse } from "node:http";

/** How long the client may go on sending, in milliseconds. */
const lingerMs = 2_000;

/** Ends the response when the request has been read, or the time is up. */
export function linger(req: IncomingMessage, res: ServerResponse): void {
  if (req.complete) {
    res.end();
    return;
  }
  const finish = (): void => {
    clearTimeout(timer);
    req.off("end", finish);
    req.off("close", finish);
    res.end();
  };
  const timer = setTimeout(finish, lingerMs);
  req.on("end", finish);
  req.on("close", finish);
  req.resume();
}
