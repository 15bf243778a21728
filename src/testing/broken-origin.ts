// A member of the zoo as the origin of a test: the fault is real, and the request fails there through the whole line.

import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { closest } from "fastest-levenshtein";

import { fixtures } from "../../fixtures/index.ts";
import { startZoo } from "../../fixtures/zoo.ts";
import { ConfigError } from "../config/config-error.ts";
import type { ConfigFile, ZoneFile } from "../config/schema.ts";
import { zooConfig } from "../demo/config.ts";

/** A broken origin that runs, and the configuration that leads a gateway to its fault. */
export interface StartedBrokenOrigin {
  /** Short enough that every timeout of the zoo shows within a breath. */
  readonly timeouts: NonNullable<ConfigFile["timeouts"]>;
  readonly zones: ZoneFile[];
  close(): Promise<void>;
}

/** Starts a member of the zoo. Rejects with {@link ConfigError} if there is none of this name, or this machine cannot run it. */
export async function startBrokenOrigin(
  name: string,
  zone: Partial<ZoneFile> = {},
): Promise<StartedBrokenOrigin> {
  if (!fixtures.some((fixture) => fixture.name === name)) {
    const names = fixtures.map((fixture) => fixture.name);
    const found = JSON.stringify(name);
    const rule = "is not the name of a broken origin";
    throw new ConfigError(null, [{ path: "origin", rule, found, nearest: closest(name, names) }]);
  }
  const zoo = await startZoo({ only: (fixture) => fixture.name === name });
  const folder = await mkdtemp(join(tmpdir(), "edgecase-"));
  const close = async (): Promise<void> => {
    await zoo.close();
    await rm(folder, { recursive: true, force: true });
  };
  const [leftOut] = zoo.leftOut;
  if (leftOut !== undefined) {
    await close();
    const rule = `cannot run here: ${leftOut.why}`;
    throw new ConfigError(null, [{ path: "origin", rule, found: JSON.stringify(name) }]);
  }
  const rootFile = join(folder, "root.pem");
  await writeFile(rootFile, zoo.rootPem, { mode: 0o600 });
  const { timeouts = {}, zones } = zooConfig(zoo, rootFile);
  return { timeouts, zones: zones.map((one) => ({ ...one, ...zone, hosts: ["*"] })), close };
}
