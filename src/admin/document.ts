// The OpenAPI document of the admin API, made of its routes by a server that never listens. Loaded when somebody asks for it.

import swagger from "@fastify/swagger";
import fastify, { type FastifyInstance } from "fastify";

import { version } from "../version.ts";
import { lateCompilers } from "./late-compilers.ts";

/** Describes the routes that `addRoutes` adds. */
export async function documentOf(addRoutes: (app: FastifyInstance) => void): Promise<object> {
  const app = fastify({ logger: false, schemaController: { compilersFactory: lateCompilers } });
  void app.register(swagger, {
    openapi: {
      openapi: "3.1.0",
      info: {
        title: "Edgecase admin API",
        version,
        description: "What a gateway has done of late, and what may be changed while it runs.",
      },
      // Without a token where none is configured.
      security: [{}, { token: [] }],
      components: { securitySchemes: { token: { type: "http", scheme: "bearer" } } },
    },
  });
  // The plugin hears of routes that come after it.
  void app.register(async (inner) => addRoutes(inner));
  await app.ready();
  const document = app.swagger();
  await app.close();
  return document;
}
