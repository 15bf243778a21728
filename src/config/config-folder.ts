// Where a person keeps the settings of Edgecase: the folder of the local CA.

import { posix, win32 } from "node:path";

/** What the answer depends on. */
export interface Surroundings {
  readonly environment: NodeJS.ProcessEnv;
  readonly platform: NodeJS.Platform;
  /** The person's home folder; null if there is none. */
  readonly home: string | null;
}

/** EDGECASE_HOME, or else `edgecase` in the folder for settings that the system has; null without a home folder. */
export function configFolderIn({ environment, platform, home }: Surroundings): string | null {
  const path = platform === "win32" ? win32 : posix;
  const { EDGECASE_HOME: own, XDG_CONFIG_HOME: xdg, APPDATA: appData } = environment;
  if (own) return path.resolve(own);
  // A relative path is to be ignored (XDG Base Directory Specification).
  if (xdg && path.isAbsolute(xdg)) return path.join(xdg, "edgecase");
  if (platform === "win32" && appData) return path.join(appData, "edgecase");
  if (home === null) return null;
  if (platform === "win32") return path.join(home, "AppData", "Roaming", "edgecase");
  if (platform === "darwin") return path.join(home, "Library", "Application Support", "edgecase");
  return path.join(home, ".config", "edgecase");
}
