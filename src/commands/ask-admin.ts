// A running gateway's admin API, as the commands `set`, `inject`, `ray` and `diagnose` ask it.

import { readFileSync } from "node:fs";

import { ConfigError } from "../config/config-error.ts";
import { withEnvironment } from "../config/flags.ts";
import { codeOf } from "../connect/phase-error.ts";

/** Where the admin server is, and how to be let in. */
export interface AdminFlags {
  readonly admin?: string;
  readonly adminPort?: string;
  readonly tokenFile?: string;
  readonly json?: boolean;
}

/** What to ask. */
export interface AdminRequest {
  /** Below the server's root. */
  readonly path: string;
  /** Changes settings, if there is one. */
  readonly change?: object;
  /** Asks for something to be done, if there is one. */
  readonly order?: object;
  /** Asks for something to be gone. */
  readonly isDeleting?: boolean;
  /** For what takes longer than an answer does. */
  readonly deadlineMs?: number;
}

const defaultPort = "8081";

/** The admin server is near, or it is not there. */
const usualDeadlineMs = 10_000;

/** Asks, and resolves with the answer; null if there is no such thing. Rejects with what to tell people. */
export async function askAdmin(
  flags: AdminFlags,
  { path, change, order, isDeleting = false, deadlineMs = usualDeadlineMs }: AdminRequest,
): Promise<unknown> {
  const url = adminUrl(flags);
  const token = tokenIn(flags.tokenFile);
  const body = change ?? order;
  const asking = isDeleting ? "DELETE" : "GET";
  const response = await fetch(new URL(path, url), {
    method: change !== undefined ? "PATCH" : order !== undefined ? "POST" : asking,
    headers: {
      ...(token !== null && { authorization: `Bearer ${token}` }),
      ...(body !== undefined && { "content-type": "application/json" }),
    },
    body: body === undefined ? null : JSON.stringify(body),
    redirect: "error",
    signal: AbortSignal.timeout(deadlineMs),
  }).catch((error: unknown) => {
    const why = codeOf(error) || String(error);
    throw new Error(
      `no gateway answers at ${url.origin} (${why}): start one, or name its admin server with --admin`,
    );
  });
  const answer: unknown = await response.json().catch(() => null);
  if (response.ok && answer !== null) return answer;
  return refused(response.status, answer, url);
}

/** What a refusal means for whoever typed the command. */
function refused(status: number, answer: unknown, url: URL): null {
  const { detail, path, nearest } = (answer ?? {}) as {
    detail?: string;
    path?: string;
    nearest?: string;
  };
  if (detail === undefined)
    throw new Error(
      `what answers at ${url.origin} is no admin server of Edgecase (status ${status})`,
    );
  if (status === 404 && path === undefined) return null;
  if (status === 400 && path !== undefined) {
    const rule = detail.slice(`${path}: `.length).replace(/; did you mean ".*"\?$/, "");
    throw new ConfigError(null, [{ path, rule, ...(nearest !== undefined && { nearest }) }]);
  }
  if (status === 401)
    throw new Error(
      `${url.origin} asks for its token: name the file that has it with --token-file`,
    );
  throw new Error(`${url.origin} refused: ${detail}`);
}

function adminUrl({ admin, adminPort }: AdminFlags): URL {
  if (admin !== undefined) {
    const url = URL.canParse(admin) ? new URL(admin) : null;
    if (url?.protocol === "http:" || url?.protocol === "https:") return url;
    throw usage("--admin", "must be a URL such as http://127.0.0.1:8081", admin);
  }
  const { adminPort: port = defaultPort } = withEnvironment(
    adminPort === undefined ? {} : { adminPort },
  );
  const isPort = /^\d{1,5}$/.test(port) && Number(port) > 0 && Number(port) <= 65_535;
  if (!isPort) throw usage("--admin-port", "must be the port of a running admin server", port);
  return new URL(`http://127.0.0.1:${port}`);
}

function tokenIn(file: string | undefined): string | null {
  if (file === undefined) return null;
  try {
    return readFileSync(file, "utf8").trim();
  } catch (error) {
    throw usage("--token-file", `cannot be read: ${codeOf(error)}`, file);
  }
}

/** A mistake in what was typed. */
export function usage(path: string, rule: string, found: string, nearest?: string): ConfigError {
  return new ConfigError(null, [
    { path, rule, found: JSON.stringify(found), ...(nearest !== undefined && { nearest }) },
  ]);
}
