// The package as it is packed, in an empty folder.

import { execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parse } from "yaml";

import { packPackage, type PackedPackage } from "../helpers/packed-package.ts";
import { firstAnswer } from "../helpers/served-by.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
let packed: PackedPackage;

beforeAll(() => {
  packed = packPackage();
  symlinkSync(join(root, "node_modules/vitest"), join(packed.app, "node_modules/vitest"));
}, 120_000);

afterAll(() => packed[Symbol.dispose]());

function inApp(command: string, args: readonly string[]): string {
  return execFileSync(command, args, { cwd: packed.app, encoding: "utf8", stdio: "pipe" });
}

/** One origin that is down and one of the zoo, by the names that the script has for the exports. */
const asksTwice = `
(async () => {
  const edge = await startEdgecase({ origin: "http://127.0.0.1:9" });
  const broken = await startEdgecase({ origin: fixture("expired") });
  const statuses = [(await fetch(edge.url)).status, (await fetch(broken.url)).status];
  await Promise.all([edge.close(), broken.close()]);
  console.log(JSON.stringify([statuses, Object.keys(codes).length > 10]));
})();`;

describe("an installed package", () => {
  test("runs npx edgecase, which tells its version", () => {
    expect(inApp("npx", ["--no", "--", "edgecase", "--version"])).toMatch(/^\d+\.\d+\.\d+/);
  });

  test("serves", async () => {
    const { status } = await firstAnswer({
      cwd: packed.app,
      command: ["npx", "--no", "--", "edgecase"],
    });

    expect(status).toBe(521);
  });

  test("has the testing API and the codes for require()", () => {
    const script = `
      const { startEdgecase, fixture } = require("edgecase/testing");
      const { codes } = require("edgecase/codes");
      ${asksTwice}`;

    expect(JSON.parse(inApp("node", ["-e", script]))).toEqual([[521, 526], true]);
  }, 60_000);

  test("has the testing API and the codes for import", () => {
    const script = `
      import { fixture, startEdgecase } from "edgecase/testing";
      import { codes } from "edgecase/codes";
      ${asksTwice}`;

    expect(JSON.parse(inApp("node", ["--input-type=module", "-e", script]))).toEqual([
      [521, 526],
      true,
    ]);
  }, 60_000);

  test("gives require() the same codes as import", () => {
    const script = `
      import { createRequire } from "node:module";
      import { isDeepStrictEqual } from "node:util";
      import * as codes from "edgecase/codes";
      const required = createRequire(import.meta.url)("edgecase/codes");
      console.log(isDeepStrictEqual({ ...codes }, { ...required }));`;

    expect(inApp("node", ["--input-type=module", "-e", script])).toBe("true\n");
  });

  test("has types for modules and for CommonJS", () => {
    const uses = `
      const options: EdgecaseOptions = { origin: fixture("expired"), errors: { codes: "generic" } };
      export const edge: Promise<Edgecase> = startEdgecase(options);
      export const title: string = codes[525].title;`;
    const names = `fixture, startEdgecase, type Edgecase, type EdgecaseOptions`;
    writeFileSync(
      join(packed.app, "module.mts"),
      `import { ${names} } from "edgecase/testing"; import { codes } from "edgecase/codes";
      import { createGateway, type EdgeGateway } from "edgecase";
      export const gateway: EdgeGateway = createGateway({ zones: [{ hosts: ["*"], origins: ["http://a.test"] }] });
      ${uses}`,
    );
    writeFileSync(
      join(packed.app, "commonjs.cts"),
      `import { ${names} } from "edgecase/testing"; import { codes } from "edgecase/codes"; ${uses}`,
    );
    const tsc = join(root, "node_modules/.bin/tsc");
    const options = ["--noEmit", "--strict", "--skipLibCheck", "--module", "nodenext"];
    const types = ["--types", "node", "--typeRoots", join(root, "node_modules/@types")];

    const said = inApp(tsc, [
      ...options,
      ...types,
      "--target",
      "es2024",
      "module.mts",
      "commonjs.cts",
    ]);

    expect(said).toBe("");
  }, 60_000);
});

describe("what is packed", () => {
  test.each([
    ["publint", ["run", "--strict"]],
    ["attw", ["--profile", "node16", "--exclude-entrypoints", ".", "--"]],
    ["attw", ["--profile", "esm-only", "--entrypoints", ".", "--"]],
  ])(
    "is clean for %s %j",
    (tool, args) => {
      const run = (): string =>
        inApp(join(root, "node_modules/.bin", tool), [...args, packed.tarball]);

      expect(run).not.toThrow();
    },
    60_000,
  );

  test("exports nothing that nobody uses, as knip sees it", () => {
    const { status, stdout } = spawnSync("npx", ["knip", "--no-progress"], {
      cwd: root,
      encoding: "utf8",
    });

    expect([status, stdout]).toEqual([0, ""]);
  }, 60_000);
});

describe("docs/testing.md", () => {
  /** Snippets that begin with their file's name are written there and run. */
  const snippets = new Map(
    [...readFileSync("docs/testing.md", "utf8").matchAll(/^```\w+\n\/\/ (\S+)\n(.*?)^```/gms)].map(
      ([, name = "", code = ""]) => [name, code],
    ),
  );

  test.each([
    ["shop.test.ts", ["npx", "vitest", "run"]],
    ["shop.test.mjs", ["node", "--test"]],
    ["shop.test.cjs", ["node", "--test"]],
    ["gateway.mjs", ["node"]],
  ])(
    "has a %s that runs",
    (name, [command = "", ...args]) => {
      writeFileSync(join(packed.app, name), snippets.get(name) ?? "");

      const { status, stdout, stderr } = spawnSync(command, [...args, name], {
        cwd: packed.app,
        encoding: "utf8",
        env: {
          ...process.env,
          NO_COLOR: "1",
          PATH: `${join(root, "node_modules/.bin")}:${process.env["PATH"]}`,
        },
      });

      expect(status, stdout + stderr).toBe(0);
      expect(stdout).toMatch(/connection_refused|passed|pass \d/);
    },
    60_000,
  );
});

describe("examples/", () => {
  test("stream runs with the package as it is installed", () => {
    const folder = join(packed.app, "stream");
    cpSync("examples/stream", folder, { recursive: true });
    // The first start and the first fault load what they need; a busy machine takes its time for that.
    const args = ["run", "--root", folder, "--test-timeout", "30000"];

    expect(inApp(join(root, "node_modules/.bin/vitest"), args)).toMatch(/7 passed/);
  }, 120_000);

  test("github-actions/edgecase.yml has steps that run, one after the other", async () => {
    const workflow = readFileSync("examples/github-actions/edgecase.yml", "utf8");
    const [appPort, port, adminPort] = [await freePort(), await freePort(), await freePort()];
    const { jobs } = parse(
      workflow
        .replaceAll(":3000", `:${appPort}`)
        .replaceAll(":8080", `:${port}`)
        .replaceAll(":8081", `:${adminPort}`),
    ) as { jobs: { test: { env: NodeJS.ProcessEnv; steps: readonly WorkflowStep[] } } };
    const { env, steps } = jobs.test;
    const folder = join(packed.app, "shop");
    mkdirSync(folder);
    cpSync("examples/github-actions/shop.test.mjs", join(folder, "shop.test.mjs"));
    writeFileSync(
      join(folder, "app.mjs"),
      `import { createServer } from "node:http"; createServer((_req, res) => res.end("shop")).listen(${appPort});`,
    );
    writeFileSync(
      join(folder, "package.json"),
      JSON.stringify({ name: "shop", scripts: { start: "node app.mjs" } }),
    );
    // Installed it is already; and what is for a failure has its turn there.
    const commands = steps.filter(({ run, if: only }) => run !== "npm ci" && only === undefined);

    const results = await runSteps(
      commands.flatMap(({ run = [] }) => run),
      {
        cwd: folder,
        env: { ...env, EDGECASE_PORT: String(port), EDGECASE_ADMIN_PORT: String(adminPort) },
      },
    );

    expect(
      results.map(({ code }) => code),
      results.map(({ said }) => said).join("\n"),
    ).toEqual([0, 0, 0, 0]);
    expect(results.at(-1)?.said).toMatch(/pass 2/);
    expect(steps.map(({ uses, run }) => uses ?? run)).not.toContain(undefined);
  }, 120_000);
});

interface WorkflowStep {
  readonly run?: string;
  readonly uses?: string;
  readonly if?: string;
}

/** Runs them as a job of GitHub Actions would: what a step leaves in the background ends with the last one. */
async function runSteps(
  steps: readonly string[],
  { cwd, env }: { readonly cwd: string; readonly env: NodeJS.ProcessEnv },
): Promise<{ code: number; said: string }[]> {
  const groups: number[] = [];
  const results = [];
  try {
    for (const step of steps) {
      const bash = spawn("bash", ["-e", "-c", step], {
        cwd,
        env: { ...process.env, ...env },
        stdio: ["ignore", "pipe", "pipe"],
        detached: true,
      });
      groups.push(bash.pid ?? 0);
      let said = "";
      for (const stream of [bash.stdout, bash.stderr])
        stream.on("data", (chunk) => (said += String(chunk)));
      const [code] = (await once(bash, "close")) as [number];
      results.push({ code, said });
      if (code !== 0) break;
    }
  } finally {
    for (const group of groups) endGroup(group);
  }
  return results;
}

function endGroup(group: number): void {
  try {
    process.kill(-group, "SIGTERM");
  } catch {
    // All of it has ended.
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}
