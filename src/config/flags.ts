// Flags and environment on top of a file. Precedence: flag, environment (EDGECASE_…), file, default.
// Nothing else in src reads process.env.

import { availableParallelism, homedir } from "node:os";
import { resolve } from "node:path";
import { isatty } from "node:tty";

import { checkConfig, noLine, type ReadConfig } from "./check-config.ts";
import { ConfigError } from "./config-error.ts";
import { configFolderIn } from "./config-folder.ts";
import type { ConfigFile } from "./schema.ts";

/** What the command line may set. Values are as written; they are checked with the file. */
export interface ConfigFlags {
  config?: string;
  origin?: string[];
  host?: string;
  port?: string;
  httpsPort?: string;
  adminHost?: string;
  adminPort?: string;
  adminTokenFile?: string;
  codes?: string;
  pages?: string;
  profile?: string;
  ssl?: string;
  clock?: string;
  logLevel?: string;
  logFormat?: string;
  logSample?: string;
  tracing?: string | boolean;
  workers?: string;
}

/** Each flag's variable. EDGECASE_ORIGIN takes several origins with commas between. */
const variables: Readonly<Record<Exclude<keyof ConfigFlags, "origin">, string>> = {
  config: "EDGECASE_CONFIG",
  host: "EDGECASE_HOST",
  port: "EDGECASE_PORT",
  httpsPort: "EDGECASE_HTTPS_PORT",
  adminHost: "EDGECASE_ADMIN_HOST",
  adminPort: "EDGECASE_ADMIN_PORT",
  adminTokenFile: "EDGECASE_ADMIN_TOKEN_FILE",
  codes: "EDGECASE_CODES",
  pages: "EDGECASE_PAGES",
  profile: "EDGECASE_PROFILE",
  ssl: "EDGECASE_SSL",
  clock: "EDGECASE_CLOCK",
  logLevel: "EDGECASE_LOG_LEVEL",
  logFormat: "EDGECASE_LOG_FORMAT",
  logSample: "EDGECASE_LOG_SAMPLE",
  tracing: "EDGECASE_TRACING",
  workers: "EDGECASE_WORKERS",
};

/** Flags completed from the environment. */
export function withEnvironment(
  flags: ConfigFlags,
  environment: NodeJS.ProcessEnv = process.env,
): ConfigFlags {
  const complete: Record<string, string | string[] | boolean | undefined> = { ...flags };
  for (const [flag, variable] of Object.entries(variables))
    complete[flag] ??= environment[variable] || undefined;
  complete["origin"] ??= environment["EDGECASE_ORIGIN"]?.split(",").filter(Boolean);
  return complete;
}

/** Whether what goes to stdout may have colours: a terminal shows them. @see no-color.org, force-color.org; as Node has it, force wins */
export function hasColors(
  environment: NodeJS.ProcessEnv = process.env,
  isTerminal: boolean = isatty(1),
): boolean {
  const { NO_COLOR, FORCE_COLOR, TERM } = environment;
  if (FORCE_COLOR !== undefined) return !["0", "false"].includes(FORCE_COLOR);
  return isTerminal && !NO_COLOR && TERM !== "dumb";
}

/** The folder of the local CA; null where there is no home folder and EDGECASE_HOME is not set. */
export function configFolder(environment: NodeJS.ProcessEnv = process.env): string | null {
  return configFolderIn({ environment, platform: process.platform, home: home() });
}

function home(): string | null {
  try {
    return homedir() || null;
  } catch {
    return null; // The process has a user that the system does not know, as in some containers.
  }
}

/** More would be a mistake. */
const mostWorkers = 256;

/** How many workers take requests; null where this process does so itself. Throws {@link ConfigError}. */
export function workersOf({ workers }: ConfigFlags): number | null {
  if (workers === undefined) return null;
  const count = workers === "auto" ? availableParallelism() : Number(workers);
  if (/^(?:auto|\d+)$/.test(workers) && count >= 1 && count <= mostWorkers) return count;
  const rule = `must be auto, or a number from 1 to ${mostWorkers}`;
  throw new ConfigError(null, [{ path: "--workers", rule, found: JSON.stringify(workers) }]);
}

/** Reads the file if one is named and lays the flags over it. Rejects with {@link ConfigError}. */
export async function readWithFlags(flags: ConfigFlags): Promise<ReadConfig> {
  const base = await readBase(flags.config);
  const overlaid = overlay(base.config, flags);
  return { config: checkOverlaid(overlaid), lineOf: base.lineOf };
}

/** Reading files takes a library that is not needed without one. */
async function readBase(file: string | undefined): Promise<ReadConfig> {
  if (file === undefined) return { config: {}, lineOf: noLine };
  return (await import("./read-file.ts")).readConfigFile(file);
}

/** What a flag sets, by its path in the configuration. */
const flagsByPath: Readonly<Record<string, string>> = {
  "listen.host": "--host",
  "listen.http": "--port",
  "listen.https": "--https-port",
  "admin.host": "--admin-host",
  "admin.port": "--admin-port",
  "admin.tokenFile": "--admin-token-file",
  "errors.codes": "--codes",
  "errors.pages": "--pages",
  "zones[0].ssl": "--ssl",
  clock: "--clock",
  "log.level": "--log-level",
  "log.format": "--log-format",
  "log.sampleSuccesses": "--log-sample",
};

/** The result is checked as the file was, so that a flag's value meets the same rules; problems name the flag. */
function checkOverlaid(overlaid: object): ConfigFile {
  try {
    return checkConfig(overlaid, null, noLine);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    throw new ConfigError(
      null,
      error.problems.map(({ path, ...problem }) => ({
        ...problem,
        path: flagsByPath[path] ?? path,
      })),
    );
  }
}

function overlay(config: ConfigFile, flags: ConfigFlags): object {
  const errors = defined({ codes: flags.codes, pages: flags.pages, profile: flags.profile });
  const listen = defined({
    host: flags.host,
    http: portOf("--port", flags.port),
    https: portOf("--https-port", flags.httpsPort),
  });
  const { adminHost, adminTokenFile } = flags;
  const admin = defined({
    host: adminHost,
    port: portOf("--admin-port", flags.adminPort),
    // Paths in the file start at the file's folder; this one does not.
    tokenFile: adminTokenFile === undefined ? undefined : resolve(adminTokenFile),
  });
  const clock = numberOf("--clock", flags.clock);
  const tracing = switchOf("--tracing", flags.tracing);
  const log = defined({
    level: flags.logLevel,
    format: flags.logFormat,
    sampleSuccesses: numberOf("--log-sample", flags.logSample),
  });
  const zones =
    flags.origin === undefined || flags.origin.length === 0
      ? config.zones
      : [{ hosts: ["*"], origins: flags.origin }];
  return {
    ...config,
    ...defined({ clock, tracing }),
    log: { ...config.log, ...log },
    listen: { ...config.listen, ...listen },
    admin: { ...config.admin, ...admin },
    errors: { ...config.errors, ...errors },
    zones: (zones ?? []).map((zone) => ({
      ...zone,
      ...defined({ ssl: flags.ssl }),
      // A flag wins over what a zone says, too.
      ...(Object.keys(errors).length > 0 &&
        "errors" in zone && { errors: { ...zone.errors, ...errors } }),
    })),
  };
}

function defined<T extends object>(values: T): Partial<T> {
  return Object.fromEntries(
    Object.entries(values).filter(([, value]) => value !== undefined),
  ) as Partial<T>;
}

function switchOf(flag: string, written: string | boolean | undefined): boolean | undefined {
  if (typeof written !== "string") return written;
  if (written !== "true" && written !== "false")
    throw new ConfigError(null, [
      { path: flag, rule: "must be true or false", found: JSON.stringify(written) },
    ]);
  return written === "true";
}

function portOf(flag: string, text: string | undefined): number | false | undefined {
  return text === "false" ? false : numberOf(flag, text);
}

function numberOf(flag: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (text.trim() === "" || Number.isNaN(value))
    throw new ConfigError(null, [
      { path: flag, rule: "must be a number", found: JSON.stringify(text) },
    ]);
  return value;
}
