// An HTTP/2 client that repairs nothing and keeps no rule: it sends frames as they are, and keeps the heads of those that come.

import { connect, type TLSSocket } from "node:tls";

import { fieldBlock, flags, frame, settings, types } from "../../fixtures/http2-frames.ts";
import { waitFor } from "./gateway.ts";

/** RFC 9113 §3.4. */
const preface = Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
const headLength = 9;

/** A frame that came. */
export interface RawFrame {
  readonly type: number;
  readonly flags: number;
  readonly streamId: number;
  readonly payload: Buffer;
}

/** Names and values of a field section, in their order. */
export type RawFields = readonly (readonly [name: string, value: string])[];

/** How a stream has ended, as far as it has. */
export interface StreamEnd {
  /** END_STREAM came. */
  readonly isWhole: boolean;
  /** The code of RST_STREAM; null if none came. */
  readonly resetCode: number | null;
  readonly content: string;
}

/** One connection, secured, on which HTTP/2 was agreed on. */
export class RawHttp2 {
  readonly socket: TLSSocket;
  readonly frames: RawFrame[] = [];
  isClosed = false;
  /** Whether it says that it is there, when asked. */
  answersPings = false;
  #pending: Buffer = Buffer.alloc(0);

  /** `pairs` are the first SETTINGS. */
  constructor(port: number, pairs: Parameters<typeof settings> = []) {
    this.socket = connect({
      port,
      host: "127.0.0.1",
      servername: "shop.test",
      ALPNProtocols: ["h2"],
      rejectUnauthorized: false,
    });
    this.socket.on("error", () => {});
    this.socket.on("close", () => {
      this.isClosed = true;
    });
    this.socket.on("data", (bytes) => this.#read(bytes));
    this.socket.write(Buffer.concat([preface, settings(...pairs)]));
  }

  send(...bytes: readonly Buffer[]): boolean {
    return this.isClosed ? false : this.socket.write(Buffer.concat(bytes));
  }

  /** Sends `GET /` of shop.test, or what the fields say instead. */
  request(streamId: number, more: RawFields = [], flag: number = flags.endStream): boolean {
    const said = new Set(more.map(([name]) => name));
    const usual = [
      [":method", "GET"],
      [":scheme", "https"],
      [":authority", "shop.test"],
      [":path", "/"],
    ] as const;
    const fields = [...usual.filter(([name]) => !said.has(name)), ...more].toSorted(
      ([one], [other]) => Number(other.startsWith(":")) - Number(one.startsWith(":")),
    );
    return this.send(frame(types.headers, flag | flags.endHeaders, streamId, fieldBlock(fields)));
  }

  /** Sends batch after batch, each when there is room for it, until the connection is closed or there is no more. */
  async flood(batchOf: (index: number) => Buffer, batches: number): Promise<void> {
    for (let index = 0; index < batches && !this.isClosed; index += 1) {
      const hasRoom = this.send(batchOf(index));
      // A turn of the loop for whoever else is here, at least.
      await new Promise<void>((resolve) => {
        if (hasRoom || this.isClosed) return void setImmediate(resolve);
        const done = (): void => {
          this.socket.off("drain", done).off("close", done);
          resolve();
        };
        this.socket.once("drain", done).once("close", done);
      });
    }
  }

  of(type: number, streamId = 0): readonly RawFrame[] {
    return this.frames.filter((seen) => seen.type === type && seen.streamId === streamId);
  }

  /** The error code of GOAWAY; null if none came. */
  get goAwayCode(): number | null {
    return this.of(types.goAway)[0]?.payload.readUInt32BE(4) ?? null;
  }

  endOf(streamId: number): StreamEnd {
    const ended = this.frames.some(
      (seen) =>
        seen.streamId === streamId &&
        (seen.type === types.data || seen.type === types.headers) &&
        (seen.flags & flags.endStream) !== 0,
    );
    return {
      isWhole: ended,
      resetCode: this.of(types.reset, streamId)[0]?.payload.readUInt32BE(0) ?? null,
      content: this.of(types.data, streamId)
        .map(({ payload }) => payload.toString("latin1"))
        .join(""),
    };
  }

  /** Waits until a stream has ended, or the connection has, one way or another. */
  async ended(streamId: number, withinMs = 10_000): Promise<StreamEnd> {
    await waitFor(
      () => {
        const { isWhole, resetCode } = this.endOf(streamId);
        return isWhole || resetCode !== null || this.isClosed;
      },
      `stream ${streamId} does not end`,
      withinMs,
    );
    return this.endOf(streamId);
  }

  /** Waits until the connection is closed. */
  async closed(withinMs = 10_000): Promise<void> {
    await waitFor(() => this.isClosed, "the connection is still open", withinMs);
  }

  close(): void {
    this.socket.destroy();
  }

  #read(bytes: Buffer): void {
    this.#pending = Buffer.concat([this.#pending, bytes]);
    while (this.#pending.length >= headLength) {
      const end = headLength + this.#pending.readUIntBE(0, 3);
      if (this.#pending.length < end) return;
      const seen = {
        type: this.#pending.readUInt8(3),
        flags: this.#pending.readUInt8(4),
        streamId: this.#pending.readUInt32BE(5) & 0x7fff_ffff,
        payload: Buffer.from(this.#pending.subarray(headLength, end)),
      };
      this.#pending = this.#pending.subarray(end);
      this.frames.push(seen);
      if (seen.type === types.settings && (seen.flags & flags.ack) === 0)
        this.send(frame(types.settings, flags.ack, 0));
      if (this.answersPings && seen.type === types.ping && (seen.flags & flags.ack) === 0)
        this.send(frame(types.ping, flags.ack, 0, seen.payload));
    }
  }
}
