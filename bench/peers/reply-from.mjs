// @fastify/reply-from, as its README has it: what Edgecase is built on, with no log and no metrics.

import replyFrom from "@fastify/reply-from";
import Fastify from "fastify";

import { fastifyOptions, serveInWorkers } from "./program.mjs";

serveInWorkers(async (setup) => {
  const { target, ca, port, host } = setup;
  const app = Fastify(fastifyOptions(setup));
  app.register(replyFrom, { base: target, undici: { tls: { ca, rejectUnauthorized: true } } });
  // Content is passed on as it comes.
  app.addContentTypeParser("*", (_request, payload, done) => done(null, payload));
  app.all("/*", (request, reply) => {
    reply.from(request.url);
  });
  await app.listen({ port, host });
});
