// Requests to go on in another protocol (RFC 9110 §7.8): they take the same line as all others, with the connection they ask to keep.

import type { IncomingMessage, Server } from "node:http";
import type { Socket } from "node:net";

import { hasBody } from "../identify/has-body.ts";
import { lastUnderWay } from "./client-connections.ts";
import { Http1Response } from "./http1-response.ts";

/** A client's wish to go on in another protocol. */
export interface Upgrade {
  /** As the client wrote it: `websocket`, or a list. */
  readonly protocols: string;
  /** The client's connection, which nobody reads any more. */
  readonly socket: Socket;
  /** Ends the watch for the client's leaving: what comes is for somebody else to read. */
  readonly stopWatching: () => void;
}

const upgrades = new WeakMap<object, Upgrade>();

/** What a request asks to go on in; null if it does not. */
export function upgradeOf(req: object): Upgrade | null {
  return upgrades.get(req) ?? null;
}

/** Node's parser has let go of the connection when it tells of such a request; here it gets its response. */
export function acceptUpgrades(server: Server): void {
  server.on("upgrade", (req: IncomingMessage, socket: Socket, first: Buffer) => {
    socket.on("error", () => {}); // Before anything else: either side may go at any time.
    // It would have to wait for the response before it, and so would all that comes behind it: it may be sent anew.
    const before = lastUnderWay(socket);
    if (before !== null) return before.res.closeAfter();
    if (isIgnored(req)) return readAgain(server, req, socket, first);
    if (first.length > 0) socket.unshift(first);
    const stopWatching = watchForEnd(socket);
    upgrades.set(req, { protocols: req.headers.upgrade ?? "", socket, stopWatching });
    const res = new Http1Response(req);
    res.shouldKeepAlive = false; // Nobody reads requests from this connection any more.
    res.assignSocket(socket);
    res.once("finish", () => {
      res.detachSocket(socket);
      socket.destroySoon();
    });
    server.emit("request", req, res);
  });
}

/** Notices a client that leaves before it has its answer, without taking a byte of what it may have sent already. */
function watchForEnd(socket: Socket): () => void {
  const onReadable = (): void => {
    if (socket.readableLength === 0) socket.read();
  };
  const onEnd = (): void => void socket.destroy();
  socket.on("readable", onReadable);
  socket.on("end", onEnd);
  return () => {
    socket.off("readable", onReadable);
    socket.off("end", onEnd);
  };
}

/**
 * HTTP/2 is a matter between the client and this gateway, which offers it over TLS alone; and a request with a body cannot
 * become a tunnel before the body has ended. A server may ignore Upgrade, and does here.
 */
function isIgnored(req: IncomingMessage): boolean {
  return hasBody(req) || /(?:^|,)\s*(?:h2c|tls)\b/i.test(req.headers.upgrade ?? "");
}

const upgradeFields: ReadonlySet<string> = new Set(["upgrade", "http2-settings"]);

/** Connections that were given back to the parser before. */
const wereReadAgain = new WeakSet<Socket>();

/** Gives the connection back to the parser, with the same request but for the upgrade. */
function readAgain(server: Server, req: IncomingMessage, socket: Socket, first: Buffer): void {
  const { method = "GET", url = "/", httpVersion, rawHeaders } = req;
  const lines = [`${method} ${url} HTTP/${httpVersion}`];
  // With each parser a connection gets more listeners: the second time is the last.
  if (wereReadAgain.has(socket)) lines.push("Connection: close");
  wereReadAgain.add(socket);
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] ?? "";
    const value = rawHeaders[index + 1] ?? "";
    const lower = name.toLowerCase();
    if (lower === "connection") lines.push(`${name}: ${withoutUpgrade(value)}`);
    else if (!upgradeFields.has(lower)) lines.push(`${name}: ${value}`);
  }
  socket.unshift(Buffer.concat([Buffer.from(`${lines.join("\r\n")}\r\n\r\n`, "latin1"), first]));
  server.emit("connection", socket);
}

function withoutUpgrade(connection: string): string {
  return connection
    .split(",")
    .map((option) => option.trim())
    .filter((option) => !upgradeFields.has(option.toLowerCase()))
    .join(", ");
}
