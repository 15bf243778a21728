// The end of an answer that came before the request was read: the rest is read and thrown away for a while, since closing
// at once would make the kernel reset the connection and the client lose the answer. @see RFC 9112 §9.6

import { constants } from "node:http2";
import type { Socket } from "node:net";
import { clearTimeout, setImmediate, setTimeout } from "node:timers";

import type { ExchangeContext } from "../exchange-context.ts";
import { hasBody } from "../identify/has-body.ts";
import { type ClientRequest, isHttp2 } from "./client-request.ts";

/** How long the client may send nothing, and how long it may go on sending, in milliseconds. */
const idleMs = 2_000;
const longestMs = 30_000;

/** HTTP/1.1 connections that have their last answer, and only wait for their end. */
const lingering = new WeakSet<Socket>();

/** Ends a response that is written whole: over HTTP/1.1 when the request has been read, or the time is up. */
export function linger(context: ExchangeContext): void {
  const { req, res } = context;
  context.isAnswered = true;
  if (req.complete || !hasBody(req)) {
    res.end();
  } else if (isHttp2(req)) {
    // A stream's two directions end apart, and its end is not the connection's.
    res.end();
    readOn(req, (isRead) => {
      if (!isRead) req.stream.close(constants.NGHTTP2_NO_ERROR); // @see RFC 9113 §8.1
    });
  } else {
    lingering.add(req.socket);
    readOn(req, () => res.end());
  }
}

/** Throws the rest of a request away; `isRead` tells whether all of it came. */
function readOn(req: ClientRequest, onDone: (isRead: boolean) => void): void {
  const finish = (isRead: boolean): void => {
    clearTimeout(idle);
    clearTimeout(longest);
    req.off("data", onData);
    req.off("end", onEnd);
    req.off("close", onEnd);
    onDone(isRead);
  };
  const onEnd = (): void => finish(true);
  const idle = setTimeout(() => finish(false), idleMs);
  const longest = setTimeout(() => finish(false), longestMs);
  const onData = (): void => void idle.refresh();
  req.on("data", onData);
  req.on("end", onEnd);
  req.on("close", onEnd);
  req.resume();
}

/** The same for a connection whose request could not be read: the answer is written, and the parser sees no more of it. */
export function lingerOnSocket(socket: Socket): void {
  lingering.add(socket);
  const finish = (): void => void socket.destroy();
  const idle = setTimeout(finish, idleMs);
  const longest = setTimeout(finish, longestMs);
  socket.once("close", () => {
    clearTimeout(idle);
    clearTimeout(longest);
  });
  socket.removeAllListeners("data"); // The parser's own; a new listener takes the socket out of its hands.
  socket.on("data", () => void idle.refresh());
  socket.resume();
}

/** Takes nothing more for a request that comes over a connection, which ends with what is under way on it. */
export function readNoFurther(socket: Socket): void {
  if (lingering.has(socket)) return;
  lingering.add(socket);
  // Not under the parser's hands: it may be in the middle of what came.
  setImmediate(() => {
    socket.removeAllListeners("data");
    socket.on("data", () => {});
  });
}

/** Whether a connection has had its last answer: nothing that comes behind is a request. @see RFC 9112 §9.6 */
export function isLingering(socket: Socket): boolean {
  return lingering.has(socket);
}
