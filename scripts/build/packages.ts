// Packages that a build cannot take as they are: those of which a part will do, and one that does not say what it needs.

import type { Plugin } from "rolldown";

/** Of undici, the classes that @fastify/reply-from compares our dispatcher with at every request: their names will do. */
const undici = `
  export class Client {}
  export class Pool {}
  export class BalancedPool {}
  export class Dispatcher {}
`;

/** What Fastify loads for what it is never asked: compilers in place of those that it was given, and requests without a socket. */
const unused: ReadonlySet<string> = new Set([
  "@fastify/ajv-compiler",
  "@fastify/fast-json-stringify-compiler",
  "light-my-request",
]);

/**
 * Leaves undici out of the build, and what Fastify does not use: some two hundred files that would be read, and most of them
 * run, at every start.
 */
export const packages: Plugin = {
  name: "packages",
  resolveId(id, importer = "") {
    if (id === "undici") return "\0undici";
    return unused.has(id) && importer.includes("/node_modules/fastify/") ? `\0unused:${id}` : null;
  },
  transform(code, id) {
    // It wants the polyfill to be there before it. Our files import it first; a bundle puts CommonJS after modules.
    return id.endsWith("/tsyringe/dist/esm5/index.js")
      ? { code: `import "reflect-metadata"; ${code}`, map: null }
      : null;
  },
  load(id) {
    if (id === "\0undici") return undici;
    const [, name] = /^\0unused:(.+)$/.exec(id) ?? [];
    if (name === undefined) return null;
    const message = JSON.stringify(`${name} was left out of the build (scripts/build/packages.ts)`);
    return `module.exports = () => { throw new Error(${message}); };`;
  },
};
