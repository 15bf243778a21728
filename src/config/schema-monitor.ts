// How the health of origins is asked for.
// Source of names and defaults: Cloudflare API, load balancing monitors.

import { Type } from "@sinclair/typebox";

import { nullableString, partial } from "./schema-parts.ts";

/** How an origin's health is asked for. */
export const monitorSchema = partial({
  type: Type.Union(
    (["http", "https", "tcp", "custom"] as const).map((type) => Type.Literal(type)),
    {
      default: "http",
      description:
        "http and https send a request, tcp only connects, custom calls a module of your own. An origin given with a scheme keeps it.",
    },
  ),
  method: Type.Union([Type.Literal("GET"), Type.Literal("HEAD")], {
    default: "GET",
    description: "Method of the request.",
  }),
  path: Type.String({
    default: "/",
    pattern: "^/[\\x21-\\x7e]*$",
    description: "Path of the request.",
  }),
  port: Type.Union([Type.Integer({ minimum: 1, maximum: 65535 }), Type.Null()], {
    default: null,
    description: "Port to check; null takes the origin's own.",
  }),
  header: Type.Record(Type.String(), Type.Array(Type.String()), {
    default: {},
    description: "Fields of the request, each a list of values; Host wins over the origin's name.",
  }),
  expectedCodes: Type.String({
    default: "2xx",
    pattern: "^[1-5](?:xx|\\d\\d(?:-[1-5]\\d\\d)?)(?:, ?[1-5](?:xx|\\d\\d(?:-[1-5]\\d\\d)?))*$",
    description: "Statuses that are good: 200, 2xx, 200-204, or several with commas between.",
  }),
  expectedBody: Type.String({
    default: "",
    description: "Text to find in the first 10 KB of the body, in any case; empty looks for none.",
  }),
  followRedirects: Type.Boolean({
    default: false,
    description: "Follow redirects, up to 5; the last response counts.",
  }),
  allowInsecure: Type.Boolean({
    default: false,
    description: "Take certificates that are not valid.",
  }),
  interval: Type.Number({
    minimum: 0.05,
    maximum: 86_400,
    default: 60,
    description: "Seconds between two checks (Cloudflare: 60); clock scales it.",
  }),
  timeout: Type.Number({
    minimum: 0.01,
    maximum: 3_600,
    default: 5,
    description: "Seconds for one check (Cloudflare: 5); clock scales it.",
  }),
  retries: Type.Integer({
    minimum: 0,
    maximum: 5,
    default: 2,
    description: "How often a check that timed out is repeated at once.",
  }),
  consecutiveUp: Type.Integer({
    minimum: 0,
    maximum: 100,
    default: 0,
    description: "Good checks in a row that make an origin healthy; 0 is as 1.",
  }),
  consecutiveDown: Type.Integer({
    minimum: 0,
    maximum: 100,
    default: 0,
    description: "Failed checks in a row that make an origin unhealthy; 0 is as 1.",
  }),
  module: nullableString("File with a check of your own, for the type custom."),
});
