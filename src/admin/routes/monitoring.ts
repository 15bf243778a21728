// What monitoring asks for: metrics, and whether the gateway lives and takes requests.

import type { FastifyInstance } from "fastify";

import type { AdminSubject, Crew } from "../subject.ts";

/** What is monitored. */
interface Monitored {
  readonly subject: AdminSubject;
  readonly crew: Crew;
  /** Whether the gateway takes requests. */
  readonly isReady: () => boolean;
}

/** Adds `/metrics`, `/healthz` and `/readyz`. */
export function addMonitoring(
  app: FastifyInstance,
  { subject: { metrics }, crew, isReady }: Monitored,
): void {
  app.get(
    "/metrics",
    { schema: { summary: "The metrics, for Prometheus." } },
    async (request, reply) => {
      await crew.gathered();
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
