// The gateway's own verdicts while a request and its response are under way: deadlines, limits and rules that no library reports.

/** What was found. */
export type ExchangeErrorCode =
  | "RESPONSE_DEADLINE"
  | "BODY_DEADLINE"
  | "WRITE_DEADLINE"
  | "CONNECTION_LIMIT"
  | "BAD_STATUS"
  | "BAD_FIELD"
  | "BAD_FRAMING"
  | "BAD_CHUNK"
  | "HEADER_OVERFLOW"
  | "UNKNOWN_TRANSFER_CODING"
  | "CONTENT_CORRUPT"
  | "CONTENT_TRUNCATED"
  | "UNASKED_UPGRADE"
  | "BAD_UPGRADE"
  | "CONTENT_TOO_LARGE"
  | "CONTENT_SHORT"
  | "CONNECTION_SPENT"
  | "CONNECTION_CLOSED"
  | "CLIENT_LEFT";

/** What went wrong between the gateway and an origin, or the client, while they spoke HTTP. */
export class ExchangeError extends Error {
  override readonly name = "ExchangeError";
  readonly code: ExchangeErrorCode;

  constructor(code: ExchangeErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}
