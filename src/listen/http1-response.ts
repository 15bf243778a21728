// An answer over HTTP/1.1: Node's own response, and what it lacks.

import { ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { TLSSocket } from "node:tls";

import { type ClientResponse, noFields } from "./client-response.ts";
import { writeJoined, writeQuickHead } from "./quick-head.ts";
import { rawSocketOf } from "./raw-sockets.ts";

/** From here on a piece counts as large. */
const largeBytes = 16_384;

/** Given to `http.createServer`, which makes every response of this class. */
export class Http1Response extends ServerResponse implements ClientResponse {
  /** Node emits `finish` for whole responses only. */
  readonly isCutShort = false;
  sentFields = noFields;

  get unsentBytes(): number {
    return this.writableLength; // Where its turn has not come, what Node keeps for it counts, too.
  }

  sendHead(status: number, reason: string, fields: readonly string[]): void {
    this.sentFields = fields;
    if (!writeQuickHead(this, status, reason, fields))
      this.writeHead(status, reason, fields as string[]);
  }

  takesAtOnce(chunk: Uint8Array): boolean {
    return writeJoined(this, chunk);
  }

  override write(chunk: Uint8Array): boolean {
    return writeJoined(this, chunk) || this.#writeNow(chunk);
  }

  /** Node collects what is written in one turn of the event loop; a large piece leaves at once, so that its memory is free again. */
  #writeNow(chunk: Uint8Array): boolean {
    const { socket } = this;
    if (chunk.length < largeBytes || socket === null || socket.writableCorked > 0)
      return super.write(chunk);
    socket.cork();
    const isRoom = super.write(chunk);
    socket.uncork();
    return isRoom;
  }

  sendTrailers(fields: readonly (readonly [name: string, value: string])[]): void {
    this.addTrailers(fields as [string, string][]);
  }

  sendEarlyHints(links: readonly string[]): void {
    if (this.req.httpVersion === "1.0" || this.headersSent || this.socket?.writable !== true)
      return;
    const lines = links.map((link) => `Link: ${link}\r\n`).join("");
    this.socket.write(`HTTP/1.1 103 Early Hints\r\n${lines}\r\n`, "latin1");
  }

  /** Node knows by the head whether a response is the last one; where that has left, its end has to do. */
  closeAfter(): void {
    this.shouldKeepAlive = false;
    if (this.headersSent) this.once("finish", () => this.req.socket.destroySoon());
  }

  /** An HTTP/1.0 client has neither length nor chunks: only a reset tells it. */
  cut(): void {
    const { socket } = this;
    if (this.req.httpVersion === "1.0" && socket !== null) resetConnection(socket);
    else this.destroy();
  }
}

/** A TLS socket cannot reset its connection; the one below it can. */
function resetConnection(socket: Socket): void {
  if (socket instanceof TLSSocket) rawSocketOf(socket)?.resetAndDestroy();
  else socket.resetAndDestroy();
  socket.destroy();
}
