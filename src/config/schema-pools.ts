// Several origins for a zone: pools, how one is picked, what real requests tell, when another one is tried.
// Sources of names and defaults: Cloudflare API, load balancing pools and session affinity.

import { type Static, type TObject, Type } from "@sinclair/typebox";

import { monitorSchema } from "./schema-monitor.ts";
import { closed, milliseconds, partial } from "./schema-parts.ts";

/** A text, or an object that says more: one schema, so that what is wrong in the object is named. */
const textOr = <T extends TObject>(object: T, description: string) =>
  Type.Unsafe<string | Static<T>>({
    ...object,
    type: ["string", "object"],
    minLength: 1,
    description,
  });

/** Seconds, as the CDN's API counts them; parts of one are allowed. */
const seconds = (value: number, maximum: number, description: string) =>
  Type.Number({ minimum: 0, maximum, default: value, description });

const monitor = Type.Optional(
  textOr(monitorSchema, "How the origins are checked: a name of monitors, or a monitor in place."),
);

/** One origin, where more is to be said than its address. */
export const originSchema = Type.Object(
  {
    address: Type.String({
      minLength: 1,
      description: "Where the origin is: a URL, host[:port], or unix:/path.",
    }),
    name: Type.Optional(
      Type.String({
        pattern: "^[\\w.:/\\[\\]-]{1,128}$",
        description: "Name in labels and log lines; without it, the address.",
      }),
    ),
    weight: Type.Optional(
      Type.Number({
        minimum: 0,
        maximum: 1_000,
        default: 1,
        description: "Share of the requests, against the other origins; 0 takes no new ones.",
      }),
    ),
    hostHeader: Type.Optional(
      Type.String({ minLength: 1, description: "As hostHeader, for this origin alone." }),
    ),
    enabled: Type.Optional(
      Type.Boolean({ default: true, description: "false takes the origin out of service." }),
    ),
    addresses: Type.Optional(
      Type.Union([Type.Literal("together"), Type.Literal("each")], {
        default: "together",
        description:
          "each makes every address of the name an origin of its own, added and removed as DNS answers change.",
      }),
    ),
  },
  closed,
);

const origin = textOr(originSchema, "An address, or an object that says more.");

const steering = Type.Optional(
  Type.Union(
    (["first", "round_robin", "least_outstanding", "random", "hash"] as const).map((way) =>
      Type.Literal(way),
    ),
    {
      default: "first",
      description:
        "Which origin gets a request: the first healthy one, each in its turn, the one with the fewest requests under way, any, or by the client's address.",
    },
  ),
);

/** One pool: origins that can stand in for one another. */
const poolSchema = Type.Object(
  {
    name: Type.String({
      pattern: "^[\\w.-]{1,64}$",
      description: "Name of the pool, in the zone.",
    }),
    origins: Type.Array(origin, { minItems: 1, description: "As origins, for this pool." }),
    enabled: Type.Optional(
      Type.Boolean({ default: true, description: "false takes the whole pool out of service." }),
    ),
    minimumOrigins: Type.Optional(
      Type.Integer({
        minimum: 1,
        default: 1,
        description: "With fewer healthy origins than this the whole pool is out.",
      }),
    ),
    steering,
    monitor,
  },
  closed,
);

/** Keeping a client with one origin. */
export const affinitySchema = partial(
  {
    by: Type.Union(
      (["none", "cookie", "address"] as const).map((way) => Type.Literal(way)),
      {
        default: "none",
        description: "How a client is known again: by a cookie, or by its address.",
      },
    ),
    cookie: Type.String({
      default: "__cflb",
      pattern: "^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,64}$",
      description: "Name of the cookie.",
    }),
    ttl: Type.Integer({
      minimum: 1,
      maximum: 604_800,
      default: 82_800,
      description: "Seconds for which a client stays with its origin (Cloudflare: 23 hours).",
    }),
    drain: seconds(
      0,
      604_800,
      "Seconds for which an origin that was switched off keeps the clients that it has.",
    ),
    failover: Type.Union(
      (["none", "temporary", "sticky"] as const).map((way) => Type.Literal(way)),
      {
        default: "sticky",
        description:
          "When a client's origin fails: no other is tried; another answers this once; or another takes the client over.",
      },
    ),
  },
  { description: "Keeping a client with one origin." },
);

/** What real requests tell of an origin's health. */
export const passiveSchema = partial(
  {
    failures: Type.Integer({
      minimum: 0,
      maximum: 1_000,
      default: 5,
      description: "Failed requests within windowMs that take an origin out; 0 takes none out.",
    }),
    windowMs: milliseconds(10_000, "Milliseconds within which failures are counted together."),
    statuses: Type.Array(Type.Integer({ minimum: 400, maximum: 599 }), {
      default: [],
      description: "Statuses of the origin that count as failures, too.",
    }),
    coolDownMs: milliseconds(
      30_000,
      "Milliseconds for which an origin stays out; each time that follows soon doubles them, up to eightfold.",
    ),
    slowStartMs: Type.Integer({
      minimum: 0,
      maximum: 6_000_000,
      default: 10_000,
      description:
        "Milliseconds in which an origin that comes back grows to its full share; 0 gives it at once.",
    }),
  },
  {
    description:
      "What real requests tell of an origin's health. Where they speak against every origin of a pool, all of them serve.",
  },
);

/** When another origin is tried. */
export const failoverSchema = partial(
  {
    retries: Type.Integer({
      minimum: 0,
      maximum: 5,
      default: 1,
      description: "Other origins that one request may be tried on (Cloudflare: 1).",
    }),
    acrossPools: Type.Boolean({
      default: false,
      description: "Try origins of other pools, too.",
    }),
    on: Type.Array(Type.String(), {
      description:
        "Failure types after which another origin is tried, where the request may be sent twice; without it, those of Cloudflare's zero-downtime failover.",
    }),
    budgetPercent: Type.Number({
      minimum: 0,
      maximum: 100,
      default: 20,
      description: "Retries that the zone may make, in percent of its requests.",
    }),
    budgetPerSecond: Type.Number({
      minimum: 0,
      maximum: 10_000,
      default: 10,
      description: "Retries that the zone may make besides, for each second.",
    }),
  },
  { description: "When another origin is tried." },
);

/** Everything about several origins that a zone may say. */
export const zonePoolsKeys = {
  origins: Type.Optional(
    Type.Array(origin, {
      minItems: 1,
      description:
        "Origins of the zone's one pool: a URL, host[:port], unix:/path, or an object that says more. Either these or pools.",
    }),
  ),
  pools: Type.Optional(
    Type.Array(poolSchema, {
      minItems: 1,
      description: "Pools, in order: the first with enough healthy origins serves.",
    }),
  ),
  fallbackPool: Type.Optional(
    Type.String({
      description: "Name of the pool that serves when every other one is out, healthy or not.",
    }),
  ),
  steering,
  monitor,
  affinity: Type.Optional(affinitySchema),
  passive: Type.Optional(passiveSchema),
  failover: Type.Optional(failoverSchema),
} as const;
