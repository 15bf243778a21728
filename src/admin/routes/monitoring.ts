// What monitoring asks for: metrics, and whether the gateway lives and takes requests.

import type { FastifyInstance } from "fastify";

import type { AdminSubject } from "../subject.ts";

/** Adds `/metrics`, `/healthz` and `/readyz`. `isReady` says whether the gateway takes requests. */
export function addMonitoring(
  app: FastifyInstance,
  { metrics }: AdminSubject,
  isReady: () => boolean,
): void {
  app.get(
    "/metrics",
    { schema: { summary: "The metrics, for Prometheus." } },
    async (request, reply) => {
      const { contentType, body } = await metrics.scrape(request.headers.accept);
      return reply.header("content-type", contentType).send(body);
    },
  );
  app.get("/healthz", { schema: { summary: "Whether the gateway lives." } }, async () => ({
    status: "ok",
  }));
  const schema = { summary: "Whether the gateway takes requests; 503 if not." };
  app.get("/readyz", { schema }, async (_request, reply) =>
    reply.code(isReady() ? 200 : 503).send({ status: isReady() ? "ready" : "not ready" }),
  );
}
