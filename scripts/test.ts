// `npm test`: installs what the tests need beyond npm where it may (root on Debian), says which suites it leaves out
// where it may not, and runs the rest. With CI set, nothing may be left out.

import { spawnSync } from "node:child_process";

/** A program that some suites need. */
interface Need {
  readonly program: string;
  /** Debian's package that has it. */
  readonly package: string;
  readonly suites: readonly string[];
  /** Whether those suites need root besides. */
  readonly needsRoot: boolean;
}

const needs: readonly Need[] = [
  {
    program: "ip",
    package: "iproute2",
    suites: ["test/e2e/network-namespace.test.ts"],
    needsRoot: true,
  },
  {
    program: "chromium",
    package: "chromium",
    suites: [
      "test/e2e/pages.test.ts",
      "test/e2e/dashboard.test.ts",
      "test/e2e/dashboard-access.test.ts",
      "examples/browser/banner.test.ts",
      "examples/error-page/error-page.test.ts",
      "test/e2e/dashboard-faults.test.ts",
    ],
    needsRoot: false,
  },
  {
    program: "prometheus",
    package: "prometheus",
    suites: [
      "test/e2e/prometheus.test.ts",
      "test/e2e/promtool.test.ts",
      "test/e2e/promtool-states.test.ts",
      "examples/alerts/alerts.test.ts",
    ],
    needsRoot: false,
  },
];

const isRoot = process.getuid?.() === 0;
const isCi = Boolean(process.env["CI"]);

const missing = needs.filter(({ program }) => !isThere(program));
if (missing.length > 0 && isRoot && isThere("apt-get")) {
  run("apt-get", ["update", "-qq"]);
  run("apt-get", [
    "install",
    "-y",
    "-qq",
    "--no-install-recommends",
    ...missing.map((need) => need.package),
  ]);
}

const leftOut = needs.filter((need) => !isThere(need.program) || (need.needsRoot && !isRoot));
for (const { suites, program, needsRoot } of leftOut) {
  const why = isThere(program) ? "root" : `${program}${needsRoot ? " and root" : ""}`;
  process.stderr.write(`left out: ${suites.join(", ")} (needs ${why})\n`);
}
if (isCi && leftOut.length > 0) process.exit(1);

const excluded = leftOut.flatMap(({ suites }) => suites.flatMap((suite) => ["--exclude", suite]));
process.exit(run("npx", ["vitest", "run", ...excluded, ...process.argv.slice(2)]));

function isThere(program: string): boolean {
  return (
    spawnSync("sh", ["-c", `command -v ${program}`], {
      env: { ...process.env, PATH: `${process.env["PATH"]}:/usr/sbin:/sbin` },
    }).status === 0
  );
}

function run(program: string, args: readonly string[]): number {
  return spawnSync(program, args, { stdio: "inherit" }).status ?? 1;
}
