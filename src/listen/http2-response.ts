// An answer over HTTP/2: Node's compatible response, with heads and endings of ours.

import { constants, Http2ServerResponse } from "node:http2";

import { codeOf } from "../connect/phase-error.ts";
import { type ClientResponse, noFields } from "./client-response.ts";

/** Fields that HTTP/2 has no use for. @see RFC 9113 §8.2.2 */
const connectionFields: ReadonlySet<string> = new Set([
  "connection",
  "keep-alive",
  "proxy-connection",
  "transfer-encoding",
  "te",
  "upgrade",
  "http2-settings",
]);

const cutStreams = new WeakSet<object>();

/** Whether the edge broke a stream off, and not its client. */
export function wasCut(stream: object): boolean {
  return cutStreams.has(stream);
}

/** Given to `http2.createServer`, which makes every response of this class. */
export class Http2Response extends Http2ServerResponse implements ClientResponse {
  sentFields = noFields;
  #isWhole = false;

  /** Node emits `finish` when the stream has closed, whatever the cause. */
  get isCutShort(): boolean {
    const { stream } = this;
    return (
      !this.#isWhole ||
      (stream !== undefined && (stream.rstCode ?? 0) !== constants.NGHTTP2_NO_ERROR)
    );
  }

  get unsentBytes(): number {
    return this.stream?.writableLength ?? 0;
  }

  /** The reason phrase is not sent: HTTP/2 has none. */
  sendHead(status: number, _reason: string, fields: readonly string[]): void {
    this.sentFields = fields;
    const values = new Map<string, string[]>();
    for (let index = 0; index + 1 < fields.length; index += 2) {
      const name = (fields[index] ?? "").toLowerCase();
      if (connectionFields.has(name)) continue;
      const known = values.get(name);
      if (known === undefined) values.set(name, [fields[index + 1] ?? ""]);
      else known.push(fields[index + 1] ?? "");
    }
    for (const [name, list] of values)
      this.setHeader(name, list.length === 1 ? (list[0] ?? "") : list);
    if (values.has("grpc-status")) {
      this.statusCode = status; // Trailers-Only: gRPC clients want head and end in one frame, so the head waits for the end.
      return;
    }
    try {
      this.writeHead(status);
    } catch (error) {
      if (codeOf(error) !== "ERR_HTTP2_HEADER_SINGLE_VALUE") throw error;
      // Node sends some fields once only. @see RFC 9110 §5.3: a list means the same
      for (const [name, list] of values)
        if (name !== "set-cookie") this.setHeader(name, list.join(", "));
      this.writeHead(status);
    }
  }

  /** The head is a frame of its own, and has left already. */
  flushHeaders(): void {}

  /** What is written waits in the session. */
  takesAtOnce(): boolean {
    return false;
  }

  sendTrailers(fields: readonly (readonly [name: string, value: string])[]): void {
    const trailers = fields.filter(([name]) => !connectionFields.has(name.toLowerCase()));
    this.addTrailers(Object.fromEntries(trailers));
  }

  sendEarlyHints(links: readonly string[]): void {
    if (!this.headersSent && !this.stream.destroyed)
      this.stream.additionalHeaders({ ":status": 103, link: [...links] });
  }

  /** Other streams of the connection are none of this response's business. */
  closeAfter(): void {}

  override end(): this {
    this.#isWhole = true;
    return super.end();
  }

  /** Resets the stream: a client cannot take that for the end of the content. */
  cut(): void {
    if (this.stream !== undefined) cutStreams.add(this.stream);
    this.stream?.close(constants.NGHTTP2_INTERNAL_ERROR);
  }
}
