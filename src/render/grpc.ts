// Errors for gRPC clients, which read no status and no page: they look for a grpc-status in the trailers of a 200.

import { isHttp2 } from "../listen/client-request.ts";
import type { ExchangeContext } from "../exchange-context.ts";
import type { Answer } from "./answer.ts";
import type { Asker } from "./asker.ts";

/** The gRPC status codes that an answer of ours can have. @see gRPC docs, Status codes and their use in gRPC */
const grpcStatus = {
  permissionDenied: 7,
  resourceExhausted: 8,
  unimplemented: 12,
  internal: 13,
  unavailable: 14,
} as const;

/**
 * From HTTP statuses, as gRPC clients do it themselves where they get no grpc-status; 413 is what their servers say.
 * @see gRPC docs, HTTP to gRPC Status Code Mapping
 */
const byStatus: Readonly<Record<number, number>> = {
  400: grpcStatus.internal,
  403: grpcStatus.permissionDenied,
  404: grpcStatus.unimplemented,
  405: grpcStatus.unimplemented,
  409: grpcStatus.unimplemented,
  413: grpcStatus.resourceExhausted,
  414: grpcStatus.internal,
  431: grpcStatus.internal,
  500: grpcStatus.internal,
  501: grpcStatus.unimplemented,
};

/** Whether a client speaks gRPC. @see gRPC docs, PROTOCOL-HTTP2: Content-Type is application/grpc, with or without a suffix */
export function isGrpc({ req }: Pick<Asker, "req">): boolean {
  return isHttp2(req) && /^application\/grpc(?:$|[+;])/i.test(req.headers["content-type"] ?? "");
}

/** Answers a gRPC call. */
export function sendGrpc({ res, req }: ExchangeContext, answer: Answer, fields: string[]): void {
  res.sendHead(200, "OK", ["content-type", req.headers["content-type"] ?? "", ...fields]);
  res.sendTrailers(grpcTrailers(answer));
}

/** The trailers of an answer. Every error of an origin is UNAVAILABLE, as it would be for a client that connected by itself. */
export function grpcTrailers({ code: told, rayId, detail }: Answer): [string, string][] {
  const { status, code, facts } = told;
  const said = `${code} ${facts.title}${detail === null ? "" : `: ${detail.title}`}; ray ${rayId}`;
  return [
    ["grpc-status", String(byStatus[status] ?? grpcStatus.unavailable)],
    ["grpc-message", percentEncoded(said)],
  ];
}

/** Printable ASCII but `%` stays. @see gRPC docs, PROTOCOL-HTTP2, Percent-Encoded */
function percentEncoded(text: string): string {
  return [...Buffer.from(text)]
    .map((byte) =>
      byte >= 0x20 && byte <= 0x7e && byte !== 0x25
        ? String.fromCharCode(byte)
        : `%${byte.toString(16).toUpperCase().padStart(2, "0")}`,
    )
    .join("");
}
