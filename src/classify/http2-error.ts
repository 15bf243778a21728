// What ended an HTTP/2 stream before its response was whole, with the error code that goes with it.

/** Who ended it: the origin the stream or the connection, or we the connection or stream because of what the origin sent. */
export type Http2ErrorCode = "STREAM_RESET" | "GOAWAY" | "HTTP2_BROKEN";

/** The names of HTTP/2's error codes, by number. @see RFC 9113 §7 */
const http2ErrorNames = [
  "NO_ERROR",
  "PROTOCOL_ERROR",
  "INTERNAL_ERROR",
  "FLOW_CONTROL_ERROR",
  "SETTINGS_TIMEOUT",
  "STREAM_CLOSED",
  "FRAME_SIZE_ERROR",
  "REFUSED_STREAM",
  "CANCEL",
  "COMPRESSION_ERROR",
  "CONNECT_ERROR",
  "ENHANCE_YOUR_CALM",
  "INADEQUATE_SECURITY",
  "HTTP_1_1_REQUIRED",
] as const;

/** The name of an error code, or the number where it has none. */
function http2ErrorName(code: number): string {
  return http2ErrorNames[code] ?? `0x${code.toString(16)}`;
}

/** A stream's end, and all that is known of it. */
export class Http2Error extends Error {
  override readonly name = "Http2Error";
  readonly code: Http2ErrorCode;
  /** The error code's name. */
  readonly http2Error: string;
  /** The origin has promised that it did nothing with the request. @see RFC 9113 §8.7 */
  readonly isUnprocessed: boolean;
  /** What whoever ended it said besides; from the wire where it was the origin. */
  readonly said: string;

  constructor(
    code: Http2ErrorCode,
    http2Code: number,
    { said = "", isUnprocessed = false }: { said?: string; isUnprocessed?: boolean } = {},
  ) {
    const http2Error = http2ErrorName(http2Code);
    super(`${code}: ${http2Error}`);
    this.code = code;
    this.http2Error = http2Error;
    this.said = said;
    this.isUnprocessed = isUnprocessed;
  }
}
