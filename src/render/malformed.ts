// The answer to what is no proper request: HTTP could not be read, or names no host, so there is nothing to negotiate with.

import { STATUS_CODES } from "node:http";
import type { Socket } from "node:net";

import type { ClientResponse } from "../listen/client-response.ts";

/** Node's codes for what its parser refuses, and one of ours, to statuses. */
const statuses: Readonly<Record<string, number>> = {
  CONNECT: 405,
  HPE_HEADER_OVERFLOW: 431,
  HPE_CHUNK_EXTENSIONS_OVERFLOW: 413,
  ERR_HTTP_REQUEST_TIMEOUT: 408,
};

/** The status for a code of Node's parser. */
export function malformedStatus(code: string | undefined): number {
  return statuses[code ?? ""] ?? 400;
}

/** Answers on the bare connection, which the parser has given up, and closes it. */
export function refuseOnSocket(status: number, socket: Socket, ray: string): void {
  if (!socket.writable) {
    socket.destroy();
    return;
  }
  const { fields, body } = malformedAnswer(status, ray);
  const head = [`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ""}`, ...pairs(fields)].join("\r\n");
  socket.end(`${head}\r\n\r\n${body}`);
}

/** Answers a request that was read but is not acceptable. */
export function refuseRequest(status: number, res: ClientResponse, ray: string): void {
  const { fields, body } = malformedAnswer(status, ray);
  res.sendHead(status, STATUS_CODES[status] ?? "", fields);
  res.write(Buffer.from(body));
  res.end();
}

function malformedAnswer(status: number, ray: string): { fields: string[]; body: string } {
  const body = `Error ${status}: ${STATUS_CODES[status] ?? ""}\n\nRay ID: ${ray.slice(0, 16)}\n`;
  const fields = [
    "content-type", "text/plain; charset=utf-8",
    "content-length", String(Buffer.byteLength(body)),
    "cache-control", "no-store",
    "cf-ray", ray,
    "x-robots-tag", "noindex",
    "connection", "close",
  ]; // prettier-ignore
  return { fields, body };
}

function pairs(fields: readonly string[]): string[] {
  return fields.flatMap((name, index) =>
    index % 2 === 0 ? [`${name}: ${fields[index + 1] ?? ""}`] : [],
  );
}
