// The client's side of an answer, the same over HTTP/1.1 and HTTP/2: what the line needs of it, and nothing else.

/** Of a response whose head has not been sent. */
export const noFields: readonly string[] = [];

/** A response on its way to a client. `Http1Response` and `Http2Response` are the two there are. */
export interface ClientResponse {
  statusCode: number;
  readonly headersSent: boolean;
  /** The fields of the head that `sendHead` was given, names and values in turn; none before. */
  sentFields: readonly string[];
  /** Bytes that wait for the client to take them. */
  readonly unsentBytes: number;
  /** The response has ended without being whole: the client left. Known when `finish` is emitted. */
  readonly isCutShort: boolean;
  /**
   * Begins the response. `fields` are names and values in turn, duplicates and order kept as far as the version can; those
   * that belong to one HTTP/1.1 connection are left out over HTTP/2. Throws where Node will not send a field.
   */
  sendHead(status: number, reason: string, fields: readonly string[]): void;
  /** Sends the head now, should nothing have been written after it. */
  flushHeaders(): void;
  /** Writes content that is little, if it can leave at once with the head; false if it cannot. It is not looked at later. */
  takesAtOnce(chunk: Uint8Array): boolean;
  /** Writes content; false if the client has enough for now, until `drain`. */
  write(chunk: Uint8Array): boolean;
  once(event: "drain" | "finish" | "close", listener: () => void): unknown;
  /** Fields to send after the content, where the version can. */
  sendTrailers(fields: readonly (readonly [name: string, value: string])[]): void;
  /** Ends the response, whole. */
  end(): unknown;
  /** Sends `100 Continue`. */
  writeContinue(): void;
  /** Sends `103 Early Hints` with these Link values. */
  sendEarlyHints(links: readonly string[]): void;
  /** After this response the connection carries no other (HTTP/1.1 only). */
  closeAfter(): void;
  /** Breaks the response off, so that the client can tell it from a whole one. */
  cut(): void;
}
