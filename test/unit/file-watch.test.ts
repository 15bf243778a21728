import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, describe, expect, test } from "vitest";

import { FileWatch } from "../../src/reload/file-watch.ts";
import { waitFor } from "../helpers/gateway.ts";

let folder = "";
let changes = 0;
let watch: FileWatch;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "edgecase-watch-"));
  changes = 0;
  watch = new FileWatch({
    onChange: () => {
      changes += 1;
    },
    onTrouble: (where, code) => expect.fail(`${where}: ${code}`),
  });
});
afterEach(() => {
  watch.close();
  rmSync(folder, { recursive: true, force: true });
});

/** A file of the folder. */
function at(name: string): string {
  return join(folder, name);
}

function toHaveChanged(times: number): Promise<true> {
  return waitFor(() => changes >= times, `there were ${changes} changes`, 5_000);
}

describe("a watched file", () => {
  test.each([
    ["is written in place", () => writeFileSync(at("file"), "new")],
    ["is removed", () => unlinkSync(at("file"))],
    [
      "is replaced by a rename",
      () => {
        writeFileSync(at("file~"), "old");
        renameSync(at("file~"), at("file"));
      },
    ],
  ])("is told of when it %s", async (_how, change) => {
    writeFileSync(at("file"), "old");
    await watch.follow([at("file")]);

    change();

    expect(await toHaveChanged(1)).toBe(true);
  });

  test("is told of when it comes into being, its folder too", async () => {
    await watch.follow([at("a/b/file")]);

    mkdirSync(at("a/b"), { recursive: true });
    writeFileSync(at("a/b/file"), "new");

    expect(await toHaveChanged(1)).toBe(true);
  });

  test("is told of when a link on its way is turned, as in a mounted ConfigMap, and again after that", async () => {
    for (const version of ["1", "2", "3"]) {
      mkdirSync(at(version));
      writeFileSync(join(at(version), "file"), version);
    }
    symlinkSync("1", at("data"));
    symlinkSync("data/file", at("file"));
    await watch.follow([at("file")]);

    for (const version of ["2", "3"]) {
      symlinkSync(version, at("data~"));
      renameSync(at("data~"), at("data"));
      await toHaveChanged(Number(version) - 1);
    }
    writeFileSync(join(at("3"), "file"), "in place");

    expect(await toHaveChanged(3)).toBe(true);
  });

  test("is told of once, after the last of many writes", async () => {
    writeFileSync(at("file"), "");
    await watch.follow([at("file")]);

    const until = performance.now() + 500;
    await waitFor(() => {
      appendFileSync(at("file"), "x");
      return performance.now() > until;
    }, "");
    const whileWritten = changes;
    await toHaveChanged(1);

    expect([whileWritten, changes]).toEqual([0, 1]);
  });

  test("is told of when it was written between noting and following", async () => {
    writeFileSync(at("file"), "old");
    await watch.note([at("file")]);

    writeFileSync(at("file"), "written while it was read");
    await watch.follow([at("file")]);

    expect(await toHaveChanged(1)).toBe(true);
  });

  test("is not told of when something else changes beside it", async () => {
    writeFileSync(at("file"), "old");
    await watch.follow([at("file")]);

    writeFileSync(at("other"), "new");
    const hasChanged = await waitFor(() => changes > 0, "", 500).catch(() => false);

    expect(hasChanged).toBe(false);
  });
});
