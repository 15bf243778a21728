// @fastify/reply-from with pino and prom-client wired in the usual way: a line when a request comes and one when it is answered,
// a counter and a histogram with labels, and the process' own metrics.

import replyFrom from "@fastify/reply-from";
import Fastify from "fastify";
import { collectDefaultMetrics, Counter, Histogram, register } from "prom-client";

import { fastifyOptions, serveInWorkers } from "./program.mjs";

const labelNames = ["method", "route", "status_code"];

serveInWorkers(async (setup) => {
  const { target, ca, port, host } = setup;
  const app = Fastify({ ...fastifyOptions(setup), logger: true });
  collectDefaultMetrics();
  const requests = new Counter({ name: "http_requests_total", help: "Requests.", labelNames });
  const seconds = new Histogram({
    name: "http_request_duration_seconds",
    help: "Duration of requests.",
    labelNames,
  });
  app.addHook("onResponse", (request, reply, done) => {
    const labels = {
      method: request.method,
      route: request.routeOptions.url,
      status_code: reply.statusCode,
    };
    requests.inc(labels);
    seconds.observe(labels, reply.elapsedTime / 1_000);
    done();
  });
  app.get("/metrics", async (_request, reply) => {
    reply.type(register.contentType);
    return register.metrics();
  });
  app.register(replyFrom, { base: target, undici: { tls: { ca, rejectUnauthorized: true } } });
  app.addContentTypeParser("*", (_request, payload, done) => done(null, payload));
  app.all("/*", (request, reply) => {
    reply.from(request.url);
  });
  await app.listen({ port, host });
});
