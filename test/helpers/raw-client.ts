// An HTTP/1.1 client that repairs nothing: it says what came over the wire, and how it ended.

import { connect, type Socket } from "node:net";

/** A request, as bytes are made of it. */
export interface RawRequest {
  readonly method?: string;
  readonly target?: string;
  readonly version?: "1.0" | "1.1";
  readonly headers?: readonly (readonly [name: string, value: string])[];
  /** Bytes of body; their content is `x`. */
  readonly bodyBytes?: number;
  readonly isChunked?: boolean;
  /** Milliseconds after which to give up. */
  readonly capMs?: number;
}

/** How the response's end could be told. */
export type Ending = "complete" | "truncated" | "none" | "hang" | "garbage";

/** What came back. */
export interface RawResponse {
  readonly status: number;
  readonly reason: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly interim: readonly number[];
  readonly body: Buffer;
  readonly trailers: readonly string[];
  readonly ending: Ending;
  readonly wasReset: boolean;
  /** Everything received, from the first byte. */
  readonly bytes: Buffer;
}

/** Looks a field up, case-insensitively; undefined if it is not there. */
export function field(response: RawResponse, name: string): string | undefined {
  return response.headers.find(([key]) => key.toLowerCase() === name)?.[1];
}

/** One connection, for one request after another. */
export class RawConnection {
  readonly socket: Socket;
  #received: Buffer = Buffer.alloc(0);
  #isEnded = false;
  #wasReset = false;
  #notify: () => void = () => {};

  constructor(port: number, host = "127.0.0.1") {
    this.socket = connect({ port, host });
    this.socket.on("data", (bytes) => {
      this.#received = this.#received.length === 0 ? bytes : Buffer.concat([this.#received, bytes]);
      this.#notify();
    });
    this.socket.on("error", () => {
      this.#wasReset = true;
    });
    this.socket.on("close", () => {
      this.#isEnded = true;
      this.#notify();
    });
    this.socket.on("end", () => {
      this.#isEnded = true;
      this.#notify();
    });
  }

  /** Sends a request and reads one response. */
  async request(request: RawRequest): Promise<RawResponse> {
    this.#write(request);
    return this.read(request.method, request.capMs);
  }

  /** Reads one response, to whatever was sent. */
  async read(method = "GET", capMs = 10_000): Promise<RawResponse> {
    const parser = new ResponseParser(method);
    let isCapped = false;
    const cap = setTimeout(() => {
      isCapped = true;
      this.#notify();
    }, capMs);
    try {
      for (;;) {
        const result = parser.read(this.#received, this.#isEnded);
        if (result !== null || isCapped) {
          const response = parser.response(result ?? "hang", this.#wasReset, this.#received);
          this.#received = this.#received.subarray(parser.consumed);
          return response;
        }
        await new Promise<void>((resolve) => {
          this.#notify = resolve;
        });
      }
    } finally {
      clearTimeout(cap);
    }
  }

  /** Writes bytes as they are. */
  send(bytes: string | Buffer): void {
    this.socket.write(bytes);
  }

  close(): void {
    this.socket.destroy();
  }

  #write({
    method = "GET",
    target = "/",
    version = "1.1",
    headers = [],
    bodyBytes = 0,
    isChunked = false,
  }: RawRequest): void {
    const lines = [
      `${method} ${target} HTTP/${version}`,
      ...headers.map(([name, value]) => `${name}: ${value}`),
    ];
    if (bodyBytes > 0)
      lines.push(isChunked ? "Transfer-Encoding: chunked" : `Content-Length: ${bodyBytes}`);
    this.socket.write(`${lines.join("\r\n")}\r\n\r\n`);
    let left = bodyBytes;
    const pump = (): void => {
      while (left > 0 && !this.socket.destroyed && this.socket.writable) {
        const size = Math.min(left, 65_536);
        left -= size;
        const piece = Buffer.alloc(size, "x");
        const isRoom = isChunked
          ? this.socket.write(
              Buffer.concat([Buffer.from(`${size.toString(16)}\r\n`), piece, Buffer.from("\r\n")]),
            )
          : this.socket.write(piece);
        if (!isRoom) return void this.socket.once("drain", pump);
      }
      if (isChunked && bodyBytes > 0) this.socket.write("0\r\n\r\n");
    };
    if (bodyBytes > 0) pump();
  }
}

/** Sends one request on a connection of its own. */
export async function rawRequest(port: number, request: RawRequest): Promise<RawResponse> {
  const connection = new RawConnection(port);
  try {
    return await connection.request(request);
  } finally {
    connection.close();
  }
}

/** Reads one response from bytes that grow, from their start each time: slow, and without state to get wrong. */
class ResponseParser {
  consumed = 0;
  readonly #method: string;
  #status = 0;
  #reason = "";
  #headers: [string, string][] = [];
  #interim: number[] = [];
  #body: Buffer = Buffer.alloc(0);
  #trailers: string[] = [];

  constructor(method: string) {
    this.#method = method;
  }

  read(bytes: Buffer, isEnded: boolean): Exclude<Ending, "hang"> | null {
    this.#interim = [];
    let start = 0;
    for (;;) {
      const end = bytes.indexOf("\r\n\r\n", start);
      if (end < 0) {
        if (!isEnded) return null;
        return bytes.length === 0 ? "none" : "garbage";
      }
      const [statusLine = "", ...lines] = bytes.toString("latin1", start, end).split("\r\n");
      const parts = /^HTTP\/1\.[01] (\d{3})(?: (.*))?$/.exec(statusLine);
      if (parts === null) return "garbage";
      start = end + 4;
      this.#status = Number(parts[1]);
      if (this.#status >= 200) {
        this.#reason = parts[2] ?? "";
        this.#headers = lines.map((line) => [
          line.slice(0, line.indexOf(":")),
          line.slice(line.indexOf(":") + 1).trim(),
        ]);
        break;
      }
      this.#interim.push(this.#status);
    }
    return this.#readBody(bytes, start, isEnded);
  }

  response(ending: Ending, wasReset: boolean, bytes: Buffer): RawResponse {
    const isHead = ending !== "none" && ending !== "garbage";
    return {
      status: isHead ? this.#status : 0,
      reason: this.#reason,
      headers: this.#headers,
      interim: this.#interim,
      body: this.#body,
      trailers: this.#trailers,
      ending,
      wasReset,
      bytes,
    };
  }

  #readBody(bytes: Buffer, start: number, isEnded: boolean): Exclude<Ending, "hang"> | null {
    const find = (name: string): string | undefined =>
      this.#headers.find(([key]) => key.toLowerCase() === name)?.[1];
    if (this.#method === "HEAD" || this.#status === 204 || this.#status === 304)
      return this.#done(start);
    if (find("transfer-encoding")?.toLowerCase() === "chunked")
      return this.#readChunks(bytes, start, isEnded);
    const length = find("content-length");
    this.#body =
      length === undefined ? bytes.subarray(start) : bytes.subarray(start, start + Number(length));
    if (length === undefined) return isEnded ? this.#done(bytes.length) : null;
    if (this.#body.length === Number(length)) return this.#done(start + Number(length));
    return isEnded ? "truncated" : null;
  }

  #readChunks(bytes: Buffer, start: number, isEnded: boolean): Exclude<Ending, "hang"> | null {
    const chunks: Buffer[] = [];
    let at = start;
    for (;;) {
      const lineEnd = bytes.indexOf("\r\n", at);
      if (lineEnd < 0) break;
      const size = Number.parseInt(bytes.toString("latin1", at, lineEnd), 16);
      if (Number.isNaN(size)) return "garbage";
      if (size === 0) return this.#readTrailers(bytes, lineEnd + 2, isEnded, chunks);
      if (bytes.length < lineEnd + 2 + size + 2) {
        chunks.push(bytes.subarray(lineEnd + 2, lineEnd + 2 + size));
        break;
      }
      chunks.push(bytes.subarray(lineEnd + 2, lineEnd + 2 + size));
      at = lineEnd + 2 + size + 2;
    }
    this.#body = Buffer.concat(chunks);
    return isEnded ? "truncated" : null;
  }

  #readTrailers(
    bytes: Buffer,
    start: number,
    isEnded: boolean,
    chunks: readonly Buffer[],
  ): Exclude<Ending, "hang"> | null {
    this.#body = Buffer.concat(chunks);
    this.#trailers = [];
    for (let at = start; ;) {
      const lineEnd = bytes.indexOf("\r\n", at);
      if (lineEnd < 0) return isEnded ? "truncated" : null;
      if (lineEnd === at) return this.#done(lineEnd + 2);
      this.#trailers.push(bytes.toString("latin1", at, lineEnd));
      at = lineEnd + 2;
    }
  }

  #done(consumed: number): "complete" {
    this.consumed = consumed;
    return "complete";
  }
}
