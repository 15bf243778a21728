import { expect, test } from "vitest";

import { configFolderIn } from "../../src/config/config-folder.ts";
import { configFolder } from "../../src/config/flags.ts";
import { parseConfig } from "../../src/config/read-file.ts";
import { resolveConfig } from "../../src/config/resolve.ts";

const linux = { platform: "linux", home: "/home/ann", environment: {} } as const;
const mac = { platform: "darwin", home: "/Users/ann", environment: {} } as const;
const windows = { platform: "win32", home: String.raw`C:\Users\ann`, environment: {} } as const;

test.each([
  ["Linux", linux, "/home/ann/.config/edgecase"],
  ["another Unix", { ...linux, platform: "freebsd" }, "/home/ann/.config/edgecase"],
  ["macOS", mac, "/Users/ann/Library/Application Support/edgecase"],
  [
    "Windows",
    { ...windows, environment: { APPDATA: String.raw`D:\Settings` } },
    String.raw`D:\Settings\edgecase`,
  ],
  ["Windows without APPDATA", windows, String.raw`C:\Users\ann\AppData\Roaming\edgecase`],
  [
    "XDG_CONFIG_HOME",
    { ...linux, environment: { XDG_CONFIG_HOME: "/etc/ann" } },
    "/etc/ann/edgecase",
  ],
  [
    "the system, where XDG_CONFIG_HOME is relative",
    { ...linux, environment: { XDG_CONFIG_HOME: "ann" } },
    "/home/ann/.config/edgecase",
  ],
  [
    "EDGECASE_HOME before all",
    { ...mac, environment: { EDGECASE_HOME: "/var/edge", XDG_CONFIG_HOME: "/etc/ann" } },
    "/var/edge",
  ],
  [
    "the system, where EDGECASE_HOME is empty",
    { ...linux, environment: { EDGECASE_HOME: "" } },
    "/home/ann/.config/edgecase",
  ],
  ["nobody, without a home folder", { ...linux, home: null }, null],
] as const)("the CA's folder is the one of %s", (_name, surroundings, expected) => {
  expect(configFolderIn(surroundings)).toBe(expected);
});

test("a relative EDGECASE_HOME starts at the current folder", () => {
  expect(configFolder({ EDGECASE_HOME: "mine" })).toBe(`${process.cwd()}/mine`);
});

test("a configuration has the folder of the environment", () => {
  const { listen } = resolveConfig(parseConfig("", null), null);

  expect(listen.caFolder).toBe(process.env["EDGECASE_HOME"]);
});
