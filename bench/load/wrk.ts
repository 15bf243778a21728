// wrk: HTTP/1.1, with a script that says what to send and prints what came back.

import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";

import { benchHost, type Generator, type LoadPlan, type LoadResult } from "./load.ts";

/** More than any request takes, in seconds. */
const timeoutSeconds = 60;

export const wrk: Generator = {
  name: "wrk",
  version() {
    const { stdout } = spawnSync("wrk", ["-v"], { encoding: "utf8" });
    // It names Debian's revision too, and its author.
    return stdout === null ? null : (/wrk (?:debian\/)?(\S+)/.exec(stdout)?.[1] ?? null);
  },
  async run({ plan, scheme, port, seconds, folder, start }) {
    const script = join(folder, `load-${port}.lua`);
    writeFileSync(script, scriptOf(plan));
    await using child = start({
      program: "wrk",
      args: [
        "--threads",
        "1",
        "--connections",
        String(plan.connections),
        "--duration",
        `${Math.ceil(seconds)}s`,
        "--timeout",
        `${timeoutSeconds}s`,
        "--script",
        script,
        `${scheme}://127.0.0.1:${port}${plan.path}`,
      ],
    });
    const output = await child.output;
    const line = /^RESULT (.*)$/m.exec(output)?.[1];
    if (line === undefined) throw new Error(`wrk has measured nothing:\n${output}${child.said}`);
    return JSON.parse(line) as LoadResult;
  },
};

/** Strings are the same in Lua as in JSON, as long as they are ASCII. */
function scriptOf({ method = "GET", fields = {}, bodyBytes = 0, hosts }: LoadPlan): string {
  const lines = [
    `wrk.method = ${JSON.stringify(method)}`,
    ...Object.entries({ Host: benchHost, ...fields }).map(
      ([name, value]) => `wrk.headers[${JSON.stringify(name)}] = ${JSON.stringify(value)}`,
    ),
    ...(bodyBytes > 0 ? [`wrk.body = string.rep("x", ${bodyBytes})`] : []),
    ...(hosts === undefined ? [] : [rotation(hosts)]),
    ending,
  ];
  return `${lines.join("\n")}\n`;
}

/** The requests are made once, and sent one after the other. */
function rotation(hosts: readonly string[]): string {
  return `local hosts = { ${hosts.map((host) => JSON.stringify(host)).join(", ")} }
local requests, turn = {}, 0
function init()
  for i, host in ipairs(hosts) do
    wrk.headers["Host"] = host
    requests[i] = wrk.format()
  end
end
function request()
  turn = turn % #requests + 1
  return requests[turn]
end`;
}

const ending = String.raw`function done(summary, latency)
  io.write(string.format('RESULT {"requests":%d,"seconds":%f,"p50Ms":%f,"p99Ms":%f,"refused":%d,"broken":%d}\n',
    summary.requests, summary.duration / 1e6, latency:percentile(50) / 1e3, latency:percentile(99) / 1e3, summary.errors.status,
    summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout))
end`;
