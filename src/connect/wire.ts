// A watch on a connected socket, below the HTTP client: it sees what undici swallows, and mends what undici refuses.
//
// undici forgets TLS errors that come after the handshake, takes the reset that ends a close-delimited body for its end,
// and destroys the connection on a 100 Continue that it did not ask for, which RFC 9110 §15.2 tells a client to expect.

import type { Socket } from "node:net";

/** How many of a response's first bytes are kept as evidence. */
const keptBytes = 256;

const nothing: Buffer = Buffer.alloc(0);
const headEnd = Buffer.from("\r\n\r\n");
/** What every interim response begins with; two more digits of the status follow. */
const interimStart = Buffer.from("HTTP/1.1 1");
const statusEnd = "HTTP/1.1 100".length;

/** The interim responses before one final response are larger than a header section may be. */
export const interimOverflow = "INTERIM_OVERFLOW";

/** Watches one socket for as long as it lives. */
export class Wire {
  readonly socket: Socket;
  /** The first error the socket reported; null while there is none. */
  error: Error | null = null;
  /** The origin has sent its FIN (or close_notify). */
  isEnded = false;
  /** Bytes received of the response now awaited; complete interim responses do not count. */
  responseBytes = 0;
  /** The first of those bytes. */
  firstBytes: Buffer = nothing;
  /** Told of the socket's first error, as soon as it happens. */
  onError: ((error: Error) => void) | null = null;

  readonly #interimLimit: number;
  #interimBytes = 0;
  #awaitsHead = true;
  #isAtHeadStart = true;
  /** The beginning of what may be an interim response, kept back until it is whole. */
  #partial: Buffer = nothing;

  /** `interimLimit` bounds the bytes of all interim responses before a final one. */
  constructor(socket: Socket, interimLimit: number) {
    this.socket = socket;
    this.#interimLimit = interimLimit;
    socket.on("error", (error) => {
      if (this.error !== null) return;
      this.error = error;
      this.onError?.(error);
      socket.destroy(); // A TLS socket with a broken record reports it once, then stays open and silent.
    });
    socket.on("end", () => {
      this.isEnded = true;
    });
    this.#tapReads();
  }

  /** Call before each request: what is received next is the head of its response. */
  expectHead(): void {
    this.#awaitsHead = true;
    this.#isAtHeadStart = true;
    this.#partial = nothing;
    this.#interimBytes = 0;
    this.responseBytes = 0;
    this.firstBytes = nothing;
  }

  /** Call when the final head is there: what follows is content, and passes uninspected. */
  expectContent(): void {
    this.#awaitsHead = false;
  }

  #tapReads(): void {
    const { socket } = this;
    const read = socket.read.bind(socket);
    socket.read = (size?: number): Buffer | null => {
      const chunk = read(size) as Buffer | null;
      return chunk !== null && this.#awaitsHead && size !== 0 ? this.#inspect(chunk) : chunk;
    };
  }

  /** Returns what the HTTP client may see of the bytes received. */
  #inspect(received: Buffer): Buffer | null {
    const bytes = this.#partial.length === 0 ? received : Buffer.concat([this.#partial, received]);
    this.#partial = nothing;
    let start = 0;
    while (this.#isAtHeadStart && start < bytes.length) {
      const head = bytes.subarray(start);
      if (!mayBeInterim(head)) {
        this.#isAtHeadStart = false;
        break;
      }
      const end = head.indexOf(headEnd);
      if (end < 0) {
        this.#partial = head;
        break;
      }
      maskContinue(head);
      start += end + headEnd.length;
      this.#interimBytes += end + headEnd.length;
    }
    this.#count(bytes.subarray(start));
    if (this.#interimBytes + this.#partial.length > this.#interimLimit) {
      this.socket.destroy(Object.assign(new Error("too many interim responses"), { code: interimOverflow }));
      return null;
    }
    const ready = bytes.subarray(0, bytes.length - this.#partial.length);
    return ready.length === 0 ? null : ready;
  }

  #count(bytes: Buffer): void {
    if (this.#isAtHeadStart) {
      this.responseBytes = bytes.length;
      this.firstBytes = bytes.subarray(0, keptBytes);
      return;
    }
    this.responseBytes += bytes.length;
    if (this.firstBytes.length < keptBytes) {
      this.firstBytes = Buffer.concat([this.firstBytes, bytes.subarray(0, keptBytes - this.firstBytes.length)]);
    }
  }
}

/** Whether a head is, or could still become, an interim response. 101 is none: it ends HTTP on the connection. */
function mayBeInterim(head: Buffer): boolean {
  const compared = Math.min(head.length, interimStart.length);
  if (interimStart.compare(head, 0, compared, 0, compared) !== 0) return false;
  return head.length < statusEnd || head.toString("latin1", statusEnd - 2, statusEnd) !== "01";
}

/** Turns 100 into 102, which undici accepts and which has no meaning that a gateway would have to pass on. */
function maskContinue(head: Buffer): void {
  if (head.toString("latin1", statusEnd - 2, statusEnd) === "00") head[statusEnd - 1] = 0x32;
}
