// HAProxy as a gateway: keeps connections, writes no log.

import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import type { Peer, Setup } from "../compare/peer.ts";

/** Debian has it where only root's PATH looks. */
const env = { ...process.env, PATH: `${process.env["PATH"]}:/usr/sbin` };

export const haproxy: Peer = {
  name: "haproxy",
  kind: "server",
  config: "`http-reuse always`, no log",
  version() {
    const { stdout } = spawnSync("haproxy", ["-v"], { encoding: "utf8", env });
    return stdout === null ? null : (/version (\d[^-\s]*)/.exec(stdout)?.[1] ?? null);
  },
  launch(setup) {
    const file = join(setup.folder, `haproxy-${setup.port}.cfg`);
    writeFileSync(file, configOf(setup));
    const { stdout } = spawnSync("sh", ["-c", "command -v haproxy"], { encoding: "utf8", env });
    return { program: stdout.trim(), args: ["-db", "-f", file] };
  },
};

function configOf({ port, origin, originCa, tls, http2, workers, folder }: Setup): string {
  return `global
  nbthread ${workers}
  maxconn 9000
defaults
  mode http
  maxconn 9000
  retries 0
  timeout connect 10s
  timeout client 120s
  timeout server 120s
frontend edge
  bind 127.0.0.1:${port} backlog 8192${tls === null ? "" : secureBind(tls, http2, folder)}
  default_backend origins
backend origins
  http-reuse always
  server origin 127.0.0.1:${origin.port}${origin.scheme === "https" ? ` ssl verify required ca-file ${originCa} sni str(localhost) verifyhost localhost` : ""}
`;
}

/** It takes certificate and key from one file. */
function secureBind(tls: NonNullable<Setup["tls"]>, http2: boolean, folder: string): string {
  const file = join(folder, "haproxy.pem");
  writeFileSync(file, readFileSync(tls.cert, "utf8") + readFileSync(tls.key, "utf8"));
  return ` ssl crt ${file} alpn ${http2 ? "h2,http/1.1" : "http/1.1"}`;
}
