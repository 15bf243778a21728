// @fastify/http-proxy, as its README has it.

import httpProxy from "@fastify/http-proxy";
import Fastify from "fastify";

import { fastifyOptions, serveInWorkers } from "./program.mjs";

serveInWorkers(async (setup) => {
  const { target, ca, port, host } = setup;
  const app = Fastify(fastifyOptions(setup));
  app.register(httpProxy, { upstream: target, undici: { tls: { ca, rejectUnauthorized: true } } });
  await app.listen({ port, host });
});
