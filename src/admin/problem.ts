// What the admin server answers when it will not do as it was asked: problem details. @see RFC 9457

import { STATUS_CODES } from "node:http";

import { Type } from "@sinclair/typebox";
import type { FastifyReply } from "fastify";

import type { ConfigProblem } from "../config/config-error.ts";

const problemSchema = Type.Object(
  {
    title: Type.String({ description: "The status in words." }),
    status: Type.Integer(),
    detail: Type.String({ description: "What is wrong, in a sentence." }),
    path: Type.Optional(Type.String({ description: "The key that is wrong." })),
    nearest: Type.Optional(Type.String({ description: "The valid word that is most like it." })),
  },
  { title: "Problem", description: "Problem details (RFC 9457)." },
);

/** An answer with problem details, for the document. */
export const problemResponse = (description: string) => ({
  description,
  content: { "application/problem+json": { schema: problemSchema } },
});

/** What is wrong with a value. */
export type ProblemDetails = Pick<ConfigProblem, "path" | "rule" | "found" | "nearest">;

/** Thrown by a route, and answered with its status. */
export class RequestProblem extends Error {
  override readonly name = "RequestProblem";
  readonly statusCode: number;
  readonly details: ProblemDetails | null;

  constructor(statusCode: number, said: string | ProblemDetails) {
    super(typeof said === "string" ? said : describeProblem(said));
    this.statusCode = statusCode;
    this.details = typeof said === "string" ? null : said;
  }
}

/** Answers with problem details. */
export function sendProblem(reply: FastifyReply, { statusCode, message, details }: RequestProblem) {
  return reply
    .code(statusCode)
    .type("application/problem+json; charset=utf-8")
    .serializer(JSON.stringify)
    .send({
      title: STATUS_CODES[statusCode] ?? "Error",
      status: statusCode,
      detail: message,
      ...(details !== null && { path: details.path }),
      ...(details?.nearest !== undefined && { nearest: details.nearest }),
    });
}

function describeProblem({ path, rule, found, nearest }: ProblemDetails): string {
  const value = found === undefined ? "" : ` (found ${found})`;
  const hint = nearest === undefined ? "" : `; did you mean "${nearest}"?`;
  return `${path === "" ? "the body" : path}: ${rule}${value}${hint}`;
}
