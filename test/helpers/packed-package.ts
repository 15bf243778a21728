// The package as it would be published: built and packed apart from dist/, which others may build meanwhile, and unpacked
// into an otherwise empty folder beside its run-time dependencies alone. Nothing is fetched.

import { execFileSync } from "node:child_process";
import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

import { builtOnce, sources } from "./built-once.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** A packed package, and a folder that it is installed in. */
export interface PackedPackage extends Disposable {
  /** A package's folder with `edgecase` in its node_modules. */
  readonly app: string;
  readonly tarball: string;
  /** Bytes of the tarball, and of what is in it. */
  readonly packedBytes: number;
  readonly unpackedBytes: number;
  /** Packages that it needs at run time: those it names, and all. */
  readonly directDependencies: number;
  readonly allDependencies: number;
}

/** What of npm's report is of use. */
interface PackReport {
  readonly filename: string;
  readonly size: number;
  readonly unpackedSize: number;
}

/** Builds and packs it, if that was not done of these sources before, and installs it. Takes as long as a build; throws if that fails. */
export function packPackage(): PackedPackage {
  const kept = builtOnce("package", pack);
  const report = JSON.parse(readFileSync(join(kept, reportName), "utf8")) as PackReport;
  const folder = mkdtempSync(join(tmpdir(), "edgecase-package-"));
  const tarball = join(folder, report.filename);
  cpSync(join(kept, report.filename), tarball);
  const app = join(folder, "app");
  const needed = install(tarball, app);
  return {
    app,
    tarball,
    packedBytes: report.size,
    unpackedBytes: report.unpackedSize,
    ...needed,
    [Symbol.dispose]: () => rmSync(folder, { recursive: true }),
  };
}

const reportName = "report.json";

/** Leaves the tarball in a folder, and npm's report of it. */
function pack(folder: string): void {
  const build = mkdtempSync(join(tmpdir(), "edgecase-build-"));
  for (const name of sources) cpSync(join(root, name), join(build, name), { recursive: true });
  symlinkSync(join(root, "node_modules"), join(build, "node_modules"));
  const run = (command: string, args: readonly string[]): string =>
    execFileSync(command, args, {
      cwd: build,
      env: { ...process.env, NODE_ENV: "production" },
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe"],
    });
  run("npm", ["run", "build"]);
  const args = ["pack", "--json", "--ignore-scripts", "--pack-destination", folder];
  const [report] = Object.values(JSON.parse(run("npm", args)) as Record<string, PackReport>);
  if (report === undefined) throw new Error("npm has packed nothing");
  writeFileSync(join(folder, reportName), JSON.stringify(report));
  rmSync(build, { recursive: true });
}

/** As npm would, with links to packages that are here in place of copies. */
function install(
  tarball: string,
  app: string,
): Pick<PackedPackage, "directDependencies" | "allDependencies"> {
  const modules = join(app, "node_modules");
  const own = join(modules, "edgecase");
  mkdirSync(own, { recursive: true });
  writeFileSync(join(app, "package.json"), JSON.stringify({ name: "app", private: true }));
  execFileSync("tar", ["-xzf", tarball, "-C", own, "--strip-components=1"]);
  const all = execFileSync("npm", ["ls", "--omit=dev", "--all", "--parseable"], {
    cwd: root,
    encoding: "utf8",
  });
  const folders = all.trim().split("\n").slice(1);
  for (const folder of folders) {
    const name = folder.slice(join(root, "node_modules/").length);
    if (name.includes("node_modules/")) continue; // Its owner brings it along.
    mkdirSync(dirname(join(modules, name)), { recursive: true });
    symlinkSync(folder, join(modules, name));
  }
  const { bin, dependencies } = JSON.parse(readFileSync(join(own, "package.json"), "utf8")) as {
    bin: { edgecase: string };
    dependencies: object;
  };
  mkdirSync(join(modules, ".bin"));
  chmodSync(join(own, bin.edgecase), 0o755);
  symlinkSync(join(own, bin.edgecase), join(modules, ".bin/edgecase"));
  return {
    directDependencies: Object.keys(dependencies).length,
    allDependencies: folders.length,
  };
}
