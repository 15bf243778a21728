// The answer to what is no request at all: HTTP could not be read, so there is nothing to negotiate with.

import { STATUS_CODES } from "node:http";
import type { Socket } from "node:net";

/** Node's codes for what its parser refuses, to statuses. */
const statuses: Readonly<Record<string, number>> = {
  HPE_HEADER_OVERFLOW: 431,
  HPE_CHUNK_EXTENSIONS_OVERFLOW: 413,
  ERR_HTTP_REQUEST_TIMEOUT: 408,
};

/** Answers on the bare connection and closes it. */
export function refuseMalformed(code: string | undefined, socket: Socket, ray: string): void {
  if (!socket.writable) {
    socket.destroy();
    return;
  }
  const status = statuses[code ?? ""] ?? 400;
  const body = `Error ${status}: ${STATUS_CODES[status] ?? ""}\n\nRay ID: ${ray.slice(0, 16)}\n`;
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ""}\r\ncontent-type: text/plain; charset=utf-8\r\ncontent-length: ${Buffer.byteLength(body)}\r\n` +
      `cache-control: no-store\r\ncf-ray: ${ray}\r\nx-robots-tag: noindex\r\nconnection: close\r\n\r\n${body}`,
  );
}
