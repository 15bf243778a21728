// A watch on a connected socket, below the HTTP client: it sees what undici swallows, and mends what undici refuses.
//
// undici forgets TLS errors that come after the handshake, takes the reset that ends a close-delimited body for its end,
// and destroys the connection on a 100 Continue that it did not ask for, which RFC 9110 §15.2 tells a client to expect.

import type { Socket } from "node:net";

const nothing: Buffer = Buffer.alloc(0);
const headEnd = Buffer.from("\r\n\r\n");
/** What every interim response begins with; two more digits of the status follow. */
const interimStart = Buffer.from("HTTP/1.1 1");
/** `HTTP/1.1`, and more. */
const longestVersion = 16;
const statusEnd = "HTTP/1.1 100".length;

/** Watches one socket for as long as it lives. */
export class Wire {
  readonly isHttp2 = false;
  readonly socket: Socket;
  /** The first error the socket reported; null while there is none. */
  error: Error | null = null;
  /** The origin has sent its FIN (or close_notify). */
  isEnded = false;
  /** Told of the socket's first error, as soon as it happens. */
  onError: ((error: Error) => void) | null = null;

  readonly #interimLimit: number;
  #isHeld = false;
  #interimBytes = 0;
  #finalBytes = 0;
  #awaitsHead = true;
  #isAtHeadStart = true;
  /** The beginning of what may be an interim response, kept back until it is whole. */
  #partial: Buffer = nothing;
  /** The pieces of the head so far, to look at should it turn out broken. Bounded as the head is. */
  #pieces: Buffer[] = [];

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

  /** Bytes written since the connection stands. */
  get sentBytes(): number {
    return this.socket.bytesWritten;
  }

  /** How many bytes of the response now awaited have come before its content; complete interim responses do not count. */
  get responseBytes(): number {
    return this.#finalBytes + this.#partial.length;
  }

  /** The bytes received of the head now awaited, or, once it is there, of the head and what came with it. */
  get headBytes(): Buffer {
    return Buffer.concat([...this.#pieces, this.#partial]);
  }

  /** As much of them as came first, if that is enough to tell the version. */
  get headStart(): Buffer {
    const [first] = this.#pieces;
    return first !== undefined && first.length >= longestVersion ? first : this.headBytes;
  }

  /** Call before each request: what is received next is the head of its response. */
  expectHead(): void {
    this.#awaitsHead = true;
    this.#isAtHeadStart = true;
    this.#partial = nothing;
    this.#pieces = [];
    this.#interimBytes = 0;
    this.#finalBytes = 0;
  }

  /** Call when the final head is there: what follows is content, and passes uninspected. */
  expectContent(): void {
    this.#awaitsHead = false;
    this.#pieces = [];
  }

  /**
   * Keeps back whatever comes, the end too, until `release`. undici's own way to pause fails an assertion when the origin
   * closes meanwhile.
   */
  hold(): void {
    this.#isHeld = true;
  }

  release(): void {
    if (!this.#isHeld) return;
    this.#isHeld = false;
    if (!this.socket.destroyed) this.socket.emit("readable");
  }

  #tapReads(): void {
    const { socket } = this;
    const read = socket.read.bind(socket);
    socket.read = (size?: number): Buffer | null => {
      if (this.#isHeld && size !== 0) return null;
      const chunk = read(size) as Buffer | null;
      return chunk !== null && this.#awaitsHead && size !== 0 ? this.#inspect(chunk) : chunk;
    };
  }

  /** Returns what the HTTP client may see of the bytes received. */
  #inspect(received: Buffer): Buffer | null {
    let bytes = this.#partial.length === 0 ? received : Buffer.concat([this.#partial, received]);
    this.#partial = nothing;
    let passed = 0;
    while (this.#isAtHeadStart && passed < bytes.length) {
      const head = bytes.subarray(passed);
      const end = mayBeInterim(head) ? head.indexOf(headEnd) : null;
      if (end === null) {
        this.#isAtHeadStart = false;
        bytes = withoutRepeatedLength(bytes, passed);
      } else if (end < 0) {
        this.#partial = head;
        bytes = bytes.subarray(0, passed);
      } else {
        maskContinue(head);
        passed += end + headEnd.length;
        this.#interimBytes += end + headEnd.length;
      }
    }
    if (passed < bytes.length) this.#pieces.push(bytes.subarray(passed));
    this.#finalBytes += bytes.length - passed;
    if (this.#interimBytes + this.#partial.length > this.#interimLimit) {
      this.socket.destroy(
        Object.assign(new Error("too many interim responses"), { code: "INTERIM_OVERFLOW" }),
      );
      return null;
    }
    return bytes.length === 0 ? null : bytes;
  }
}

/** Whether a head is, or could still become, an interim response. 101 is none: it ends HTTP on the connection. */
function mayBeInterim(head: Buffer): boolean {
  const compared = Math.min(head.length, interimStart.length);
  if (interimStart.compare(head, 0, compared, 0, compared) !== 0) return false;
  if (head.length < statusEnd) return true;
  if (head.toString("latin1", statusEnd - 2, statusEnd) === "01") return false;
  return head.length === statusEnd || head[statusEnd] === 0x20 || head[statusEnd] === 0x0d;
}

/** Turns 100 into 102, which undici accepts and which has no meaning that a gateway would have to pass on. */
function maskContinue(head: Buffer): void {
  if (head.toString("latin1", statusEnd - 2, statusEnd) === "00") head[statusEnd - 1] = 0x32;
}

const lengthNames = ["\r\nContent-Length:", "\r\ncontent-length:"].map((name) => Buffer.from(name));

/**
 * The bytes without a second Content-Length of the same value, which undici refuses.
 * @see RFC 9110 §8.6: a recipient may take such repetition for one field
 */
function withoutRepeatedLength(bytes: Buffer, headStart: number): Buffer {
  const end = bytes.indexOf(headEnd, headStart);
  if (end < 0) return bytes;
  const head = bytes.subarray(0, end + 2);
  const first = nextLength(head, headStart);
  if (first < 0) return bytes;
  const second = nextLength(head, first + 1);
  if (second < 0 || valueAt(head, first) !== valueAt(head, second)) return bytes;
  const mended = Buffer.concat([bytes.subarray(0, second), bytes.subarray(lineEnd(head, second))]);
  return withoutRepeatedLength(mended, headStart);
}

/** Where the next Content-Length line starts, at the CRLF before it; -1 if there is none. */
function nextLength(head: Buffer, from: number): number {
  let nearest = -1;
  for (const name of lengthNames) {
    const place = head.indexOf(name, from);
    if (place >= 0 && (nearest < 0 || place < nearest)) nearest = place;
  }
  return nearest;
}

/** The value of the field line that starts after the CRLF at `place`. */
function valueAt(head: Buffer, place: number): string {
  const line = head.toString("latin1", place + 2, lineEnd(head, place));
  return line.slice(line.indexOf(":") + 1).trim();
}

function lineEnd(head: Buffer, place: number): number {
  return head.indexOf("\r\n", place + 2);
}
