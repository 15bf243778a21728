// What the build makes of the sources: few files, of which a start reads fewer, and nothing lost on the way.

import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { Ajv } from "ajv";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { ConfigError, type ConfigProblem } from "../../src/config/config-error.ts";
import { readConfigFile } from "../../src/config/read-file.ts";
import { loadedBy, modulesIn } from "../helpers/loaded-files.ts";
import { packPackage, type PackedPackage } from "../helpers/packed-package.ts";
import { firstAnswer } from "../helpers/served-by.ts";

let packed: PackedPackage;
let dist: string;
let cli: string;

beforeAll(() => {
  packed = packPackage();
  dist = join(packed.app, "node_modules/edgecase/dist");
  cli = join(dist, "src/cli.js");
}, 120_000);

afterAll(() => packed[Symbol.dispose]());

/** Runs a module in the folder where the package is installed; returns what it writes. Of a file: `-e` loads more than is asked for. */
function runModule(script: string, { args = [], env = {} }: RunOptions = {}): string {
  writeFileSync(join(packed.app, "module.mjs"), script);
  return execFileSync(process.execPath, [...args, "module.mjs"], {
    timeout: 50_000,
    cwd: packed.app,
    encoding: "utf8",
    env: { ...process.env, ...env },
  });
}

interface RunOptions {
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

function filesOfBuild(): string[] {
  const names = readdirSync(dist, { recursive: true, encoding: "utf8" });
  return names.filter((name) => /^(?:src|edge-codes)\/.*\.js$/.test(name));
}

/** Conditions, one within another; at the ends, paths. */
interface Exports {
  readonly [condition: string]: string | Exports;
}

function pathsIn(exports: Exports): string[] {
  return Object.values(exports).flatMap((to) => (typeof to === "string" ? [to] : pathsIn(to)));
}

describe("a start", () => {
  /** What compiles schemas, describes the admin API, makes certificates, reads YAML, writes metrics or traces. */
  const needless =
    /^(?:@sinclair\/typebox|ajv\/dist\/(?!runtime\/)|fast-json-stringify\/index|@fastify\/swagger|@peculiar\/x509|yaml|prom-client|@opentelemetry)\b/;

  test("of an edge in a test reads few files, and loads nothing that it does not need", async () => {
    const script = `
      import { startEdgecase } from "edgecase/testing";
      const edge = await startEdgecase({ origin: "http://127.0.0.1:9" });
      await (await fetch(edge.url)).text();
      await edge.close();`;

    const { files, modules } = await loadedBy((env) => runModule(script, { env }));

    expect(modules.filter((module) => needless.test(module))).toEqual([]);
    expect(files.length).toBeLessThan(40);
    expect(modules).toContain("fastify/fastify.js");
  }, 60_000);

  test("of the command does so too, with an admin port", async () => {
    const options = ["--https-port", "false", "--origin", "http://127.0.0.1:9"];

    const { files, modules } = await loadedBy((env) =>
      firstAnswer({ cwd: packed.app, command: [process.execPath, cli], options, env }),
    );

    // The admin API declares its schemas, but nobody has asked it for anything.
    expect(
      modules.filter((module) => needless.test(module) && !module.startsWith("@sinclair/")),
    ).toEqual([]);
    expect(files.length).toBeLessThan(50);
  }, 60_000);

  test("has loaded no gateway where a test only imports the testing API", async () => {
    const { files } = await loadedBy((env) => runModule('import "edgecase/testing";', { env }));

    expect(files.length).toBeLessThan(4);
  }, 60_000);
});

describe("the build", () => {
  test("has every file that the package exports, and the dashboard", () => {
    const own = join(dist, "..");
    const read = (file: string): string => readFileSync(join(own, file), "utf8");
    const { exports } = JSON.parse(read("package.json")) as { exports: Exports };

    const files = pathsIn(exports);

    expect(files.length).toBeGreaterThan(12);
    expect(files.filter((file) => !existsSync(join(own, file)))).toEqual([]);
    expect(JSON.parse(read("dist/schema.json"))).toMatchObject({
      type: "object",
      additionalProperties: false,
      properties: { zones: { type: "array" } },
    });
    expect(JSON.parse(read("dist/diagnosis.schema.json"))).toMatchObject({
      title: "Diagnosis",
      properties: { verdict: { type: "object" } },
    });
    expect(read("dist/dashboard/index.html")).toContain("./assets/index-");
  });

  test("has no file that Node cannot read", () => {
    const imports = filesOfBuild()
      .filter((name) => name !== "src/cli.js")
      .map((name) => `import ${JSON.stringify(join(dist, name))};`);

    expect(() => runModule(imports.join("\n"))).not.toThrow();
  }, 60_000);

  test("serves a file over HTTPS, with dashboard, metrics, the API and its document", () => {
    writeFileSync(
      join(packed.app, "edgecase.yaml"),
      `listen: { http: 0, https: 0 }
admin: { port: 0 }
zones:
  - hosts: ["*"]
    origins: ["http://127.0.0.1:9"]
`,
    );
    const script = `
      import { get } from "node:https";
      import { createGateway } from "edgecase";
      const gateway = createGateway("edgecase.yaml");
      await gateway.start();
      const secure = await new Promise((resolve, reject) => {
        const { https } = gateway.urls;
        get(https, { ca: gateway.caPem, agent: false }, (res) => res.resume().on("end", () => resolve(res.statusCode)))
          .on("error", reject);
      });
      const asked = ["/", "/metrics", "/api/exchanges", "/api/openapi.json"];
      const answers = await Promise.all(asked.map((path) => fetch(gateway.urls.admin + path)));
      const bodies = await Promise.all(answers.map((answer) => answer.text()));
      await gateway.close();
      console.log(JSON.stringify([secure, answers.map(({ status }) => status), bodies.map((body) => body.length > 200)]));`;

    expect(JSON.parse(runModule(script))).toEqual([
      521,
      [200, 200, 200, 200],
      [true, true, true, true],
    ]);
  }, 60_000);

  test("has real timers in an edge of a test that has put others in their place", () => {
    const script = `
      import { startEdgecase } from "edgecase/testing";
      import { once } from "node:events";
      import { get } from "node:http";
      import { createServer } from "node:net";
      const timers = process.getBuiltinModule("timers");
      const never = { ref: () => never, unref: () => never };
      for (const name of ["setTimeout", "setInterval"]) globalThis[name] = timers[name] = () => never;
      const silent = createServer().listen(0, "127.0.0.1");
      await once(silent, "listening");
      const origin = "http://127.0.0.1:" + silent.address().port;
      const edge = await startEdgecase({ origin, timeouts: { responseMs: 50 } });
      const [response] = await once(get(edge.url, { agent: false }), "response");
      console.log(response.statusCode);
      process.exit();`;

    expect(runModule(script)).toBe("524\n");
  }, 60_000);

  test("says the same of a broken configuration as the sources do", () => {
    const file = join(packed.app, "broken.yaml");
    writeFileSync(
      file,
      `listen: { http: 70000, htps: 1 }
errors: { codes: some, reveal: { cidrs: nobody } }
timeouts: { dnsMs: 0.5, connectMs: "1" }
clock: 0
colo: ham
profiles: { mine: { codes: { dns_error: { status: 200 } } } }
monitors: { m: { type: tpc, intervalSeconds: -1 } }
inject: { rules: [{ fault: [], rate: 2, delay: 5x }] }
zones:
  - hosts: nobody
    origins: [{ address: 1 }, 2]
    pools: [{ name: a, origins: [{ weight: many }] }]
    ssl: maybe
    passive: { off: true }
  - { tls: { minVersion: TLSv9 }, affinity: { by: ip, ttl: x } }
`,
    );
    let problems: readonly ConfigProblem[] = [];
    try {
      readConfigFile(file);
    } catch (error) {
      problems = (error as ConfigError).problems;
    }

    const { stdout } = spawnSync(process.execPath, [cli, "check", "--json", file], {
      encoding: "utf8",
    });

    expect(problems.length).toBeGreaterThan(20);
    expect(JSON.parse(stdout)).toMatchObject({ ok: false, problems });
  });

  test("has stack traces that lead to the sources", () => {
    const script = `
      import { createGateway } from "edgecase";
      try { createGateway({ zones: 1 }); } catch (error) { console.log(error.stack); }`;

    expect(runModule(script, { args: ["--enable-source-maps"] })).toMatch(
      /checkConfig.*\/src\/config\/check-config\.ts:\d+/,
    );
  });

  test("names the licence of every package that it has taken in", () => {
    const licenses = `\n${readFileSync(join(dist, "licenses.txt"), "utf8")}`;
    const modules = filesOfBuild().flatMap((name) => modulesIn(join(dist, name)));
    const names = new Set(modules.map((module) => /^(?:@[^/]+\/)?[^/]+/.exec(module)?.[0] ?? ""));

    expect(names.size).toBeGreaterThan(50);
    expect([...names].filter((name) => !licenses.includes(`\n${name} `))).toEqual([]);
  });

  test("has the schema of what edgecase diagnose --json prints", () => {
    const { stdout } = spawnSync(
      process.execPath,
      [cli, "diagnose", "http://127.0.0.1:9", "--json"],
      { encoding: "utf8" },
    );
    const path = runModule(
      'import { createRequire } from "node:module"; console.log(createRequire(import.meta.url).resolve("edgecase/diagnosis.schema.json"));',
    );

    const ajv = new Ajv({ strict: false });
    const isDiagnosis = ajv.compile(JSON.parse(readFileSync(path.trim(), "utf8")) as object);
    isDiagnosis(JSON.parse(stdout));

    expect(isDiagnosis.errors).toBeNull();
  }, 60_000);
});
