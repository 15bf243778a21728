// The dashboard at the admin port's root: files that the build has made, read once, and served from memory to whoever asks.

import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { extname, join } from "node:path";
import { fileURLToPath } from "node:url";

import type { FastifyInstance } from "fastify";

import { styleSource } from "../render/style.ts";

/** One file of the dashboard. */
interface DashboardFile {
  /** Its path on the admin port. */
  readonly path: string;
  readonly type: string;
  readonly content: Buffer;
  readonly etag: string;
  /** Its name changes with its content. */
  readonly isImmutable: boolean;
}

/** Nothing from elsewhere, nothing inline. Error pages are shown in a frame, and their style sheet is known by its hash. */
const pagePolicy = [
  "default-src 'none'",
  "script-src 'self'",
  `style-src 'self' ${styleSource}`,
  "connect-src 'self'",
  "img-src 'self' data:",
  "frame-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

const types: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
};

/** From here to the build, whether this file runs from the sources or is a part of it. */
const folders = ["../../dashboard/", "../../dist/dashboard/"];

/**
 * Serves the dashboard from the folder of its build; where there is none, says how to make it. It holds nothing of the
 * gateway's: no token is asked for.
 */
export function addDashboard(app: FastifyInstance, folder: string | null = buildFolder()): void {
  const files = folder === null ? [] : [...filesIn(folder, ""), ...filesIn(folder, "assets")];
  for (const file of files) addFile(app, file);
  if (files.length > 0) return;
  app.get("/", { config: { isPublic: true } }, async (_request, reply) =>
    reply
      .code(503)
      .type("text/plain; charset=utf-8")
      .send("The dashboard has not been built: npm run build:dashboard makes it. /api/ works.\n"),
  );
}

function addFile(app: FastifyInstance, { path, type, content, etag, isImmutable }: DashboardFile) {
  const fields = {
    "content-type": type,
    "content-security-policy": pagePolicy,
    "cache-control": isImmutable ? "public, max-age=31536000, immutable" : "no-cache",
    etag,
  };
  app.get(path, { config: { isPublic: true } }, async (request, reply) => {
    reply.headers(fields);
    if (request.headers["if-none-match"] === etag) return reply.code(304).send();
    return reply.send(content);
  });
}

function buildFolder(): string | null {
  const all = folders.map((folder) => fileURLToPath(new URL(folder, import.meta.url)));
  // The sources are a folder of the same name, and have no such file.
  return all.find((folder) => namesIn(folder).includes("assets")) ?? null;
}

function filesIn(root: string, folder: string): DashboardFile[] {
  return namesIn(join(root, folder)).flatMap((name) => {
    const type = types[extname(name)];
    if (type === undefined) return [];
    const content = readFileSync(join(root, folder, name));
    return {
      path: name === "index.html" ? "/" : `/${folder === "" ? "" : `${folder}/`}${name}`,
      type,
      content,
      etag: `"${createHash("sha256").update(content).digest("base64url").slice(0, 27)}"`,
      isImmutable: folder === "assets",
    };
  });
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
