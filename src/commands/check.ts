// `edgecase check`: reads a configuration as `serve` would, says everything that is wrong with it, and serves nothing.

import { ConfigError, describe } from "../config/config-error.ts";
import { withEnvironment } from "../config/flags.ts";
import { readConfigFile } from "../config/read-file.ts";
import { resolveConfig } from "../config/resolve.ts";

/** Flags of the command. */
export interface CheckOptions {
  readonly config?: string;
  readonly json?: boolean;
}

/** Exits 0 if the file is sound, 2 if not; problems and warnings go to stderr, `--json` to stdout. */
export function check(argument: string | undefined, options: CheckOptions): void {
  const file = argument ?? withEnvironment(options).config;
  if (file === undefined)
    throw new ConfigError(null, [{ path: "", rule: "name the file to check" }]);
  try {
    const { zones, warnings } = resolveConfig(readConfigFile(file), file);
    const origins = zones
      .flatMap(({ pools }) => pools)
      .reduce((sum, pool) => sum + pool.origins.length, 0);
    if (!options.json)
      for (const warning of warnings)
        process.stderr.write(`edgecase: warning: ${describe(file, warning)}\n`);
    process.stdout.write(
      options.json
        ? `${JSON.stringify({ file, ok: true, problems: [], warnings })}\n`
        : `${file}: ok, ${zones.length} zones, ${origins} origins\n`,
    );
  } catch (error) {
    if (!(error instanceof ConfigError) || !options.json) throw error;
    process.stdout.write(`${JSON.stringify({ file, ok: false, problems: error.problems })}\n`);
    process.exitCode = 2;
  }
}
