// How the bytes of a socket come in: into memory that is used again and again. A stream has 64 KB allocated for each read, however
// little comes; large content goes through so much fresh memory that the kernel is busier with pages than with bytes.
// Why it is safe: docs/decisions/0028-why-reads-share-memory.md

import type { OnReadOpts, Socket } from "node:net";

/** A read brings no more where little comes. */
const commonBytes = 65_536;
/** Nor where much does: the longer the reads are, the fewer there are. */
const ownBytes = 262_144;
/** So many buffers are kept for whichever socket wants one next. */
const mostSpare = 32;

/** What all sockets read into while little comes: good for as long as the call that brings it. */
const common: Buffer = Buffer.allocUnsafeSlow(commonBytes);
const spare: Buffer[] = [];

const intakes = new WeakMap<Socket, Intake>();

/** How a socket reads; null for one that reads as Node does, which is any that was not dialled, such as one of TLS. */
export function intakeOf(socket: Socket): Intake | null {
  return intakes.get(socket) ?? null;
}

/** Takes the bytes of one socket. */
export class Intake {
  /** Told of bytes that are good until it returns, and longer if it has them kept. While null, they go through the stream. */
  onBytes: ((bytes: Buffer) => void) | null = null;
  #socket: Socket | null = null;
  #buffer = common;
  /** Much comes. */
  #wantsOwn = false;
  /** Somebody wants what came last. */
  #isKept = false;
  /** Buffers of our own with bytes that are kept. */
  #kept: Buffer[] = [];

  /** For `net.connect`. */
  readonly onread: OnReadOpts = {
    buffer: () => this.#next(),
    callback: (count) => this.#take(count),
  };

  /** The socket that was made so. */
  watch(socket: Socket): void {
    this.#socket = socket;
    intakes.set(socket, this);
  }

  /** Makes the bytes that `onBytes` is being told of last, until `forget`, or for ever. */
  keep(bytes: Buffer): Buffer {
    if (this.#buffer === common) return Buffer.from(bytes);
    if (!this.#isKept) this.#kept.push(this.#buffer);
    this.#isKept = true;
    return bytes;
  }

  /** Nobody wants anything any more of what was kept since the last `rest`. */
  forget(): void {
    for (const buffer of this.#kept) if (buffer !== this.#buffer) giveBack(buffer);
    this.#kept.length = 0;
    this.#isKept = false;
  }

  /** Nothing is expected for now. What is kept is its keeper's for ever. */
  rest(): void {
    this.#wantsOwn = false;
    this.#kept = [];
  }

  /** False where the stream has enough. */
  #take(count: number): boolean {
    const bytes = this.#buffer.subarray(0, count);
    const socket = this.#socket;
    if (this.onBytes === null || socket === null || socket.readableLength > 0)
      return socket?.push(Buffer.from(bytes)) ?? true;
    this.#wantsOwn = count * 2 >= commonBytes;
    this.onBytes(bytes);
    return true;
  }

  /** What the next read goes into. Where much comes, a buffer of our own: then it need not be copied to last. */
  #next(): Buffer {
    const isFree = this.#buffer !== common && !this.#isKept;
    this.#isKept = false;
    if (isFree && this.#wantsOwn) return this.#buffer;
    if (isFree) giveBack(this.#buffer);
    this.#buffer = this.#wantsOwn ? (spare.pop() ?? Buffer.allocUnsafeSlow(ownBytes)) : common;
    return this.#buffer;
  }
}

function giveBack(buffer: Buffer): void {
  if (spare.length < mostSpare) spare.push(buffer);
}
