// Compiles a route's schemas when they are needed first. Most gateways end before anybody has asked the admin API for anything, and
// compiling every schema would be a good part of their start.

import type { FastifySchema, FastifySchemaCompiler, FastifyServerOptions } from "fastify";

type Factories = NonNullable<FastifyServerOptions["schemaController"]>["compilersFactory"];
type Compilers = typeof import("./compilers.ts");

let compilers: Compilers | null = null;

/** Loads what compiles. To be awaited before a request is checked. */
export async function loadCompilers(): Promise<void> {
  compilers ??= await import("./compilers.ts");
}

const checkLate: FastifySchemaCompiler<FastifySchema> = (route) => {
  let check: ReturnType<Compilers["compileCheck"]> | null = null;
  return (value: unknown) => (check ??= loaded().compileCheck(route))(value);
};

const serializeLate: Compilers["compileSerializer"] = (route) => {
  let serialize: ReturnType<Compilers["compileSerializer"]> | null = null;
  return (value: unknown) => (serialize ??= loaded().compileSerializer(route))(value);
};

/** In place of Fastify's own, which it would load to start. */
export const lateCompilers = {
  buildValidator: () => checkLate,
  buildSerializer: () => serializeLate,
} as unknown as NonNullable<Factories>; // Fastify has two types for a compiler that know nothing of each other.

function loaded(): Compilers {
  if (compilers === null) throw new Error("a schema was needed before its compiler was loaded");
  return compilers;
}
