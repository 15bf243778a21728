// nginx as a gateway: streams both ways, keeps connections, writes no log.

import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import type { Launch, Peer, Setup } from "../compare/peer.ts";

/** Debian has it where only root's PATH looks. */
const env = { ...process.env, PATH: `${process.env["PATH"]}:/usr/sbin` };

export const nginx: Peer = {
  name: "nginx",
  kind: "server",
  config: "`keepalive`, `proxy_request_buffering off`, no log",
  version: nginxVersion,
  launch: (setup) => startNginx(setup.folder, `gateway-${setup.port}`, configOf(setup)),
};

/** Null where it is not installed. */
export function nginxVersion(): string | null {
  const { stderr } = spawnSync("nginx", ["-v"], { encoding: "utf8", env });
  return stderr === null ? null : (/nginx\/(\S+)/.exec(stderr)?.[1] ?? null);
}

/** How to start it with this inside `http`; all it writes stays in the folder. */
export function startNginx(
  folder: string,
  name: string,
  { http, workers = 1 }: { readonly http: string; readonly workers?: number },
): Launch {
  const own = join(folder, name);
  mkdirSync(own, { recursive: true });
  const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
    .map((kind) => `${kind}_temp_path ${own}/${kind};`)
    .join(" ");
  const file = join(own, "nginx.conf");
  writeFileSync(
    file,
    `daemon off;
${process.getuid?.() === 0 ? "user root;" : ""}
master_process ${workers > 1 ? "on" : "off"};
worker_processes ${workers};
pid ${own}/pid;
error_log /dev/null emerg;
events { worker_connections 18000; multi_accept on; }
http {
  access_log off; ${temporary}
  client_max_body_size 0; keepalive_requests 1000000000; keepalive_timeout 600s;
${http}
}
`,
  );
  return { program: nginxProgram(), args: ["-c", file, "-p", own, "-e", "/dev/null"] };
}

function nginxProgram(): string {
  const { stdout } = spawnSync("sh", ["-c", "command -v nginx"], { encoding: "utf8", env });
  return stdout.trim();
}

function configOf({ port, origin, originCa, tls, http2, workers }: Setup) {
  const secure = tls === null ? "" : ` ssl${http2 ? " http2" : ""}`;
  const certificate =
    tls === null ? "" : `ssl_certificate ${tls.cert}; ssl_certificate_key ${tls.key};`;
  const verified = `proxy_ssl_verify on; proxy_ssl_trusted_certificate ${originCa};
      proxy_ssl_name localhost; proxy_ssl_server_name on;`;
  const http = `  upstream origin { server 127.0.0.1:${origin.port}; keepalive 1024; keepalive_requests 1000000000; }
  server {
    listen 127.0.0.1:${port}${secure} backlog=8192;
    ${certificate}
    location / {
      proxy_pass ${origin.scheme}://origin; proxy_http_version 1.1;
      proxy_set_header Connection ""; proxy_set_header Host $http_host;
      proxy_request_buffering off; proxy_max_temp_file_size 0;
      ${origin.scheme === "https" ? verified : ""}
    }
  }`;
  return { http, workers };
}
