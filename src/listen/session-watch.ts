// Whether a client of HTTP/2 is still there, and means what it asks for. Node hears of neither: a session that nghttp2 has given
// up (any frame that breaks the rules will do) says GOAWAY, then reads no more, not even that its client is gone, and stays.

import { constants, type ServerHttp2Session, type ServerHttp2Stream } from "node:http2";
import { setTimeout } from "node:timers";

import { wasCut } from "./http2-response.ts";
import { rawSocketOf } from "./raw-sockets.ts";

/** A client that has been silent for so long is asked whether it is there, and has as long to say so, in milliseconds. */
const quietMs = 30_000;
/** How long a client may take over the end of its connection, in milliseconds. */
const endMs = 2_000;
/** Requests that a client may cancel at once, and in each second from then on: a page that is left has a hundred under way. */
const mostCancelled = 500;
const cancelledPerSecond = 50;

/** How long a session may go on without a byte, in milliseconds. */
export interface SessionPatience {
  /** Without a request. */
  readonly idleMs: number;
  /** With a response that the client does not take. */
  readonly bodyIdleMs: number;
}

/** Watches one session for as long as it lives. */
export class SessionWatch {
  readonly #session: ServerHttp2Session;
  readonly #patience: SessionPatience;
  #streams = 0;
  #restingSince = performance.now();
  #isAsked = false;
  #cancelled = 0;
  #countedAt = performance.now();

  constructor(session: ServerHttp2Session, patience: SessionPatience) {
    this.#session = session;
    this.#patience = patience;
    session.on("error", () => {}); // The connection goes with it, and whoever waits on a stream hears of that.
    session.on("stream", (stream: ServerHttp2Stream) => this.#began(stream));
    session.on("timeout", () => this.#onQuiet());
    this.#listen();
  }

  #began(stream: ServerHttp2Stream): void {
    this.#streams += 1;
    stream.setTimeout(this.#patience.bodyIdleMs, () => {});
    stream.on("timeout", () => {
      // The response is all there, and the client's window is shut: the exchange has ended, so nobody else looks after it.
      if (stream.writableEnded && !stream.writableFinished) stream.close(constants.NGHTTP2_CANCEL);
    });
    stream.once("close", () => {
      this.#streams -= 1;
      this.#restingSince = performance.now();
      if (stream.rstCode !== constants.NGHTTP2_NO_ERROR && !wasCut(stream)) this.#onCancelled();
    });
  }

  /** Asking costs the client nothing if it cancels at once, and the origin a connection. @see CVE-2023-44487 */
  #onCancelled(): void {
    const now = performance.now();
    const forgiven = ((now - this.#countedAt) / 1_000) * cancelledPerSecond;
    this.#cancelled = Math.max(0, this.#cancelled - forgiven) + 1;
    this.#countedAt = now;
    if (this.#cancelled > mostCancelled && !this.#session.destroyed)
      this.#kill(constants.NGHTTP2_ENHANCE_YOUR_CALM);
  }

  /** Not a byte has passed for a while. */
  #onQuiet(): void {
    const session = this.#session;
    if (session.destroyed) return;
    const restedMs = performance.now() - this.#restingSince;
    if (this.#streams === 0 && restedMs >= this.#patience.idleMs) return this.#end();
    if (this.#isAsked) return this.#kill(constants.NGHTTP2_NO_ERROR);
    if (!session.closed) {
      this.#isAsked = true;
      session.ping((error) => {
        if (error !== null) return;
        this.#isAsked = false;
        this.#listen();
      });
    }
    this.#listen();
  }

  #listen(): void {
    const { idleMs } = this.#patience;
    const restLeftMs = idleMs - (performance.now() - this.#restingSince);
    const waitMs = Math.min(quietMs, idleMs / 2);
    if (!this.#session.destroyed)
      this.#session.setTimeout(
        this.#streams > 0 ? waitMs : Math.max(1, Math.min(waitMs, restLeftMs)),
      );
  }

  #end(): void {
    this.#session.close();
    setTimeout(() => this.#kill(constants.NGHTTP2_NO_ERROR), endMs).unref();
  }

  /** Without a farewell that somebody would have to take. */
  #kill(code: number): void {
    const session = this.#session;
    const socket = session.destroyed ? undefined : rawSocketOf(session.socket);
    if (!session.destroyed) session.destroy(code as never); // Node takes a code alone, too; its types do not know.
    if (code === constants.NGHTTP2_NO_ERROR) socket?.destroy();
    else setTimeout(() => socket?.destroy(), endMs).unref();
  }
}
