// What our side of a TLS handshake sends: the only place where it shows that the origin has asked for a client certificate, since
// OpenSSL tells nobody, and TLS 1.3 encrypts the asking.

import type { Socket } from "node:net";
import { Duplex } from "node:stream";

/** Record types. @see RFC 8446 §5.1 */
const handshakeRecord = 22;
const applicationRecord = 23;
const changeCipherSpec = 20;
/** The type of a Certificate message. @see RFC 8446 §4 */
const certificateMessage = 11;
const recordHead = 5;

/** No flight without a certificate of ours is longer. */
const longestFlight = 16_384;

/** A socket, with a look at what is written to it. */
export class ClientFlight extends Duplex {
  readonly #socket: Socket;
  #written = Buffer.alloc(0);

  constructor(socket: Socket) {
    super();
    this.#socket = socket;
    socket.on("data", (bytes: Buffer) => {
      if (!this.push(bytes)) socket.pause();
    });
    socket.on("end", () => this.push(null));
    socket.on("error", (error) => this.destroy(error));
    socket.on("close", () => this.destroy());
  }

  /** A Certificate message was sent, if only an empty one. For use once the handshake is over, well or badly. */
  get hasCertificate(): boolean {
    const sent = recordsIn(this.#written);
    // From ChangeCipherSpec on, TLS 1.2 is encrypted; before it stands what was asked for.
    const cipherAt = sent.findIndex(({ type }) => type === changeCipherSpec);
    const plain = cipherAt < 0 ? sent : sent.slice(0, cipherAt);
    const isInPlain = plain.some(
      ({ type, first }) => type === handshakeRecord && first === certificateMessage,
    );
    // In TLS 1.3 each message has a record of its own; without a certificate there is but one, Finished.
    return isInPlain || sent.filter(({ type }) => type === applicationRecord).length > 1;
  }

  override _read(): void {
    this.#socket.resume();
  }

  override _write(bytes: Buffer, _encoding: string, done: (error?: Error | null) => void): void {
    if (this.#written.length < longestFlight) this.#written = Buffer.concat([this.#written, bytes]);
    this.#socket.write(bytes, done);
  }

  override _final(done: () => void): void {
    this.#socket.end(done);
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#socket.destroy();
    done(error);
  }
}

function recordsIn(bytes: Buffer): { type: number; first: number }[] {
  const records = [];
  for (let at = 0; at + recordHead < bytes.length;) {
    records.push({ type: bytes.readUInt8(at), first: bytes.readUInt8(at + recordHead) });
    at += recordHead + bytes.readUInt16BE(at + recordHead - 2);
  }
  return records;
}
