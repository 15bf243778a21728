// Every `docker run` of the docs and examples against the Dockerfile, and what such a container would run, by hand.

import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { startCommand } from "../helpers/edgecase-command.ts";
import { ok, startOrigin, type TestOrigin } from "../helpers/origin.ts";

const dockerfile = readFileSync("Dockerfile", "utf8");

/** A `docker run`: its options with their values, the image, and what follows it. */
interface DockerRun {
  readonly line: string;
  readonly options: readonly (readonly [string, string])[];
  readonly image: string;
  readonly args: readonly string[];
}

/** Options that take no value. */
const flags = new Set(["--rm", "--read-only"]);

function parseRun(line: string): DockerRun {
  const words = line.split(/\s+/).slice(2);
  const options: [string, string][] = [];
  while (words[0]?.startsWith("-") === true) {
    const [name = "", value] = (words.shift() ?? "").split("=", 2);
    options.push([name, flags.has(name) ? "" : (value ?? words.shift() ?? "")]);
  }
  const [image = "", ...args] = words;
  return { line, options, image, args };
}

const pages = readdirSync("docs").filter((name) => name.endsWith(".md"));
const runs = ["examples/docker/run.sh", ...pages.map((name) => `docs/${name}`)].flatMap((file) =>
  [...readFileSync(file, "utf8").matchAll(/^docker run (?:[^\n]*\\\n)*[^\n]*/gm)].map(([text]) =>
    parseRun(text.replaceAll(/\\\n/g, " ").replace(/ #.*/, "").trim()),
  ),
);

function valuesOf({ options }: DockerRun, name: string): string[] {
  return options.filter(([option]) => option === name).map(([, value]) => value);
}

test("there are those that are known", () => {
  expect(runs.length).toBeGreaterThanOrEqual(4);
  expect(readFileSync("docs/docker.md", "utf8")).toContain("docker build -t edgecase .");
});

describe.each(runs)("$line", (run) => {
  test("has options that go together with the image", () => {
    const exposed = /^EXPOSE (.*)$/m.exec(dockerfile)?.[1]?.split(" ");

    expect(run.image).toBe("edgecase");
    expect(run.options.map(([name]) => name)).toEqual(
      expect.arrayContaining(["--rm", "--read-only", "-p"]),
    );
    expect(valuesOf(run, "--tmpfs")).toEqual(["/tmp"]);
    for (const published of valuesOf(run, "-p")) {
      expect(published).toMatch(/^127\.0\.0\.1:(\d+):\1$/);
      expect(exposed).toContain(published.split(":")[2]);
    }
    for (const mount of valuesOf(run, "-v")) expect(mount).toMatch(/^\.\/[\w.-]+:\/etc\/\S+:ro$/);
    if (run.line.includes("host.docker.internal"))
      expect(valuesOf(run, "--add-host")).toEqual(["host.docker.internal:host-gateway"]);
  });
});

describe("what the container runs", () => {
  const folder = mkdtempSync(join(tmpdir(), "edgecase-test-"));
  let origin: TestOrigin;
  beforeAll(async () => {
    origin = await startOrigin((socket) => socket.write(ok("shop")));
  });
  afterAll(async () => {
    await origin[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true });
  });

  // Without arguments it is the demo, which has tests of its own.
  test.each(
    [...new Map(runs.map((run) => [run.args.join(" "), run.args]))].filter(([args]) => args),
  )(
    "edgecase %s serves",
    async (_line, args) => {
      const file = join(folder, "edgecase.yaml");
      writeFileSync(file, JSON.stringify({ zones: [{ hosts: ["*"], origins: [origin.url] }] }));
      const here = args.map((arg) =>
        arg
          .replace("/etc/edgecase.yaml", file)
          .replace("http://host.docker.internal:3000", origin.url),
      );

      await using edgecase = await startCommand(here);

      expect(await edgecase.get("localhost")).toMatchObject({ status: 200, body: "shop" });
    },
    60_000,
  );

  test("is what docs/docker.md says: the command, on Node 24, as node, on every address", () => {
    const page = readFileSync("docs/docker.md", "utf8");

    expect(page).toContain(
      "It runs on Node 24 as the user `node`, listens on every address of the container (`EDGECASE_HOST=0.0.0.0`)",
    );
    for (const line of ["USER node", "ENV EDGECASE_HOST=0.0.0.0", 'CMD ["serve"]'])
      expect(dockerfile.split("\n")).toContain(line);
    expect(dockerfile.match(/^FROM docker\.io\/library\/node:24-/gm)).toHaveLength(2);
    expect(dockerfile).toMatch(/^ENTRYPOINT \["node", "dist\/src\/cli\.js"\]$/m);
  });
});
