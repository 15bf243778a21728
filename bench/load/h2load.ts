// h2load: HTTP/2 over TLS. It says how long requests took on average, and no percentiles.

import { spawnSync } from "node:child_process";

import { benchHost, type Generator } from "./load.ts";

export const h2load: Generator = {
  name: "h2load",
  version() {
    const { stdout } = spawnSync("h2load", ["--version"], { encoding: "utf8" });
    return stdout === null ? null : (/nghttp2\/(\S+)/.exec(stdout)?.[1] ?? null);
  },
  async run({ plan, port, seconds, start }) {
    const fields = Object.entries({ ":authority": benchHost, ...plan.fields });
    await using child = start({
      program: "h2load",
      args: [
        "--threads",
        "1",
        "--clients",
        String(plan.connections),
        "--max-concurrent-streams",
        String(plan.streams ?? 1),
        "--duration",
        String(Math.ceil(seconds)),
        ...fields.flatMap(([name, value]) => ["--header", `${name}: ${value}`]),
        `https://127.0.0.1:${port}${plan.path}`,
      ],
    });
    const output = await child.output;
    const count = (place: RegExp): number => {
      const digits = place.exec(output)?.[1];
      if (digits === undefined)
        throw new Error(`h2load has measured nothing:\n${output}${child.said}`);
      return Number(digits);
    };
    return {
      requests: count(/requests: .* (\d+) done/),
      seconds: Math.ceil(seconds),
      p50Ms: null,
      p99Ms: null,
      refused: count(/(\d+) 4xx/) + count(/(\d+) 5xx/),
      broken: count(/(\d+) errored/) + count(/(\d+) timeout/),
    };
  },
};
