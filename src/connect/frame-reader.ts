// Reads along with HTTP/2 frames in one direction of a connection: their heads, and what the two that end things say.
// It judges nothing and keeps nothing but a head that came in pieces.

/** Frame types that somebody looks at. @see RFC 9113 §6 */
export const frameTypes = {
  data: 0,
  headers: 1,
  reset: 3,
  settings: 4,
  goAway: 7,
  windowUpdate: 8,
  continuation: 9,
} as const;

/** The flag of a frame that is its stream's last. @see RFC 9113 §6.1, §6.2 */
export const endStreamFlag = 0x1;
/** The flag of a frame that is its field section's last. @see RFC 9113 §6.2, §6.10 */
export const endHeadersFlag = 0x4;

/** One frame. */
export interface Frame {
  readonly type: number;
  readonly flags: number;
  readonly streamId: number;
  readonly length: number;
  /** The beginning of the payload, for RST_STREAM and GOAWAY; else empty. */
  readonly payload: Buffer;
}

const headLength = 9;
/** As much of a GOAWAY's debug data as anybody wants to read. */
const longestPayload = 8 + 256;
const nothing: Buffer = Buffer.alloc(0);

/** Cuts a stream of bytes into frames. */
export class FrameReader {
  readonly #onFrame: (frame: Frame) => void;
  /** Bytes that are no part of a frame yet to be passed over. */
  #skip: number;
  #pending: Buffer = nothing;

  /** `skip`: bytes before the first frame, such as a client's preface. */
  constructor(onFrame: (frame: Frame) => void, skip = 0) {
    this.#onFrame = onFrame;
    this.#skip = skip;
  }

  /** Reads the next bytes. RST_STREAM and GOAWAY are told of once their payload is there, all others with their head. */
  read(chunk: Buffer): void {
    let bytes = this.#pending.length === 0 ? chunk : Buffer.concat([this.#pending, chunk]);
    this.#pending = nothing;
    while (bytes.length > 0) {
      if (this.#skip >= bytes.length) {
        this.#skip -= bytes.length;
        return;
      }
      bytes = bytes.subarray(this.#skip);
      this.#skip = 0;
      const wanted = bytes.length < headLength ? headLength : headLength + payloadWanted(bytes);
      if (bytes.length < wanted) {
        this.#pending = Buffer.from(bytes);
        return;
      }
      const length = bytes.readUIntBE(0, 3);
      this.#skip = headLength + length;
      this.#onFrame({
        type: bytes.readUInt8(3),
        flags: bytes.readUInt8(4),
        streamId: bytes.readUInt32BE(5) & 0x7fff_ffff,
        length,
        payload: bytes.subarray(headLength, wanted),
      });
    }
  }
}

function payloadWanted(head: Buffer): number {
  const type = head[3];
  if (type !== frameTypes.reset && type !== frameTypes.goAway) return 0;
  return Math.min(head.readUIntBE(0, 3), longestPayload);
}
