// A real Prometheus on a free port, with rules that are in a hurry: one of their minutes is a second.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

/** A Prometheus that scrapes an edge. */
export interface Prometheus extends AsyncDisposable {
  /** Names of the alerts that a query finds, in the order of the alphabet. */
  alerts(query: string): Promise<string[]>;
}

/** `for: 1m`, `[5m]`, and the 300 seconds that the latter are. The names of what is recorded stay. */
function hurry(rules: string): string {
  return rules.replaceAll(/(for: |\[)(\d+)m\b/g, "$1$2s").replaceAll("* 300 ", "* 5 ");
}

/** Starts it with the rules of a folder. `adminUrl` is the edge's. */
export async function startPrometheus(adminUrl: string, rules: URL): Promise<Prometheus> {
  const folder = mkdtempSync(join(tmpdir(), "edgecase-alerts-"));
  const config = readFileSync(new URL("prometheus.yml", import.meta.url), "utf8");
  writeFileSync(
    join(folder, "prometheus.yml"),
    config.replace("ADMIN_PORT", new URL(adminUrl).host),
  );
  mkdirSync(join(folder, "rules"));
  for (const file of readdirSync(rules))
    writeFileSync(join(folder, "rules", file), hurry(readFileSync(new URL(file, rules), "utf8")));

  const server = spawn(
    "prometheus",
    [
      "--config.file=prometheus.yml",
      "--storage.tsdb.path=data",
      "--web.listen-address=127.0.0.1:0",
    ],
    {
      cwd: folder,
      stdio: ["ignore", "ignore", "pipe"],
    },
  );
  const url = await new Promise<string>((resolve, reject) => {
    server.once("error", reject);
    server.once("exit", () => reject(new Error("Prometheus does not start")));
    createInterface(server.stderr).on("line", (line) => {
      const [, address] = /"Listening on" address=(\S+)/.exec(line) ?? [];
      if (address !== undefined) resolve(`http://${address}`);
    });
  });
  return {
    alerts: async (query) => {
      const parameters = new URLSearchParams({ query });
      const response = await fetch(`${url}/api/v1/query?${parameters.toString()}`);
      const { data } = (await response.json()) as {
        data?: { result: { metric: { alertname?: string } }[] };
      };
      return (data?.result ?? []).map(({ metric }) => metric.alertname ?? "").toSorted();
    },
    [Symbol.asyncDispose]: async () => {
      server.kill();
      await once(server, "exit");
      rmSync(folder, { recursive: true });
    },
  };
}
