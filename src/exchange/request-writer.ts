// A request of HTTP/1.1, as it is written to an origin's connection. @see RFC 9112 §3, §6

import type { Socket } from "node:net";

import { ExchangeError } from "../classify/exchange-error.ts";
import type { LaneRequest } from "./origin-lane.ts";
import type { RequestBody } from "./request-body.ts";

const token = /^[!#$%&'*+.^_`|~\dA-Za-z-]+$/;
/** Nothing here may end a line: what the client sent was looked at before, and is looked at again. */
const unsendable = /[^\t\x20-\x7e\x80-\xff]/;
const unsendableTarget = /[^\x21-\x7e\x80-\xff]/;

/** Methods whose meaning awaits content: without any they say so. @see RFC 9110 §8.6 */
const awaitsContent: ReadonlySet<string> = new Set(["POST", "PUT", "PATCH"]);

/** Builds the head, each character a byte. Throws TypeError for what would not be one. */
export function requestHead({ method, path, fields, body, upgrade }: LaneRequest): string {
  if (unsendableTarget.test(path) || !token.test(method))
    throw new TypeError("the request line cannot be sent");
  let head = `${method} ${path} HTTP/1.1\r\n`;
  for (let index = 0; index + 1 < fields.length; index += 2) {
    const name = fields[index] ?? "";
    const value = fields[index + 1] ?? "";
    if (unsendable.test(value) || !isToken(name))
      throw new TypeError(`the field ${name} cannot be sent`);
    head += `${name}: ${value}\r\n`;
  }
  if (body === null && awaitsContent.has(method)) head += "content-length: 0\r\n";
  if (body !== null && announced(fields) === null) head += "transfer-encoding: chunked\r\n";
  return upgrade === null
    ? `${head}connection: keep-alive\r\n\r\n`
    : `${head}connection: upgrade\r\nupgrade: ${upgrade}\r\n\r\n`;
}

/** So much may wait for the origin before the client has to: one read's worth, mostly on its way within the tick. */
const freeBytes = 65_536;

/** What sending a request with content takes. */
export interface Sending {
  readonly socket: Socket;
  readonly request: LaneRequest;
  readonly body: RequestBody;
  /** Writes the head. */
  readonly sendHead: () => void;
}

/**
 * Writes content as it comes, at the pace of the connection: chunks, unless a length is announced. The head leaves with the first
 * of it. Calls back once, when all has been written, or with what is wrong; not if somebody destroys `body` before.
 */
export function sendBody(
  { socket, request, body, sendHead }: Sending,
  done: (error: ExchangeError | null) => void,
): void {
  const length = announced(request.fields);
  let left = length ?? 0;
  let hasBegun = false;
  const write = (piece: Buffer | null): boolean => {
    socket.cork();
    if (!hasBegun) sendHead();
    hasBegun = true;
    if (length === null) socket.write(`${(piece?.length ?? 0).toString(16)}\r\n`, "latin1");
    if (piece !== null) socket.write(piece);
    if (length === null) socket.write("\r\n", "latin1");
    socket.uncork();
    return socket.writableLength <= freeBytes;
  };
  body.on("data", (piece: Buffer) => {
    if (piece.length === 0) return; // As a chunk it would be the last.
    left -= piece.length;
    if (length !== null && left < 0)
      return done(new ExchangeError("CLIENT_LEFT", "more content came than was announced"));
    if (!write(piece)) body.pause();
  });
  const end = (): void => {
    if (length !== null && left > 0)
      return done(new ExchangeError("CLIENT_LEFT", "less content came than was announced"));
    if (length === null || !hasBegun) write(null);
    done(null);
  };
  body.on("end", end);
  if (body.readableEnded) end();
  else body.resume();
}

/** The length that the fields announce; null for none. */
function announced(fields: readonly string[]): number | null {
  const place = fields.indexOf("content-length");
  return place < 0 ? null : Number(fields[place + 1]);
}

/** Names that were found to be tokens: there are few. */
const known = new Set<string>();
const mostKnown = 1_000;
const longestKnown = 64;

function isToken(name: string): boolean {
  if (known.has(name)) return true;
  if (!token.test(name)) return false;
  if (known.size < mostKnown && name.length <= longestKnown) known.add(name);
  return true;
}
