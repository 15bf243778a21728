// The origin in nginx: bodies from the configuration and from files, uploads read to their end and thrown away.

import { truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import type { Launch } from "../compare/peer.ts";
import { startNginx } from "../peers/nginx.ts";
import { browserResponse } from "./browser-fields.ts";
import type { OriginPlace } from "./origin.ts";
import { bodySizes } from "./body-sizes.ts";

/** How to start it. Ends with its folder. */
export function nginxOrigin(place: OriginPlace, folder: string): Launch {
  for (const [name, bytes] of Object.entries(bodySizes)) {
    writeFileSync(join(folder, name), "");
    truncateSync(join(folder, name), bytes);
  }
  return startNginx(folder, "origin", { http: configOf(place, folder) });
}

function configOf(place: OriginPlace, folder: string): string {
  const kilobyte = "x".repeat(bodySizes["1k"]);
  const fields = Object.entries(browserResponse)
    .filter(([name]) => name !== "Content-Type")
    .map(([name, value]) => `add_header ${name} ${JSON.stringify(value)};`)
    .join(" ");
  const sink = join(folder, "sink.sock");
  return `  sendfile on; tcp_nopush on; tcp_nodelay on; open_file_cache max=10;
  server {
    listen 127.0.0.1:${place.http} backlog=8192;
    listen 127.0.0.1:${place.https} ssl backlog=8192;
    ssl_certificate ${place.good.cert}; ssl_certificate_key ${place.good.key};
    root ${folder};
    location = /1k { default_type application/octet-stream; return 200 "${kilobyte}"; }
    location = /browser { default_type "text/html; charset=utf-8"; ${fields} return 200 "${kilobyte}"; }
    # A response before the content was read would have the gateways close their connections. What is too large for
    # memory goes to a file, and on from here goes nothing.
    location = /upload {
      client_body_buffer_size 2m;
      proxy_pass http://unix:${sink}; proxy_pass_request_body off; proxy_set_header Content-Length "";
    }
  }
  server { listen 127.0.0.1:${place.broken} ssl; ssl_certificate ${place.expired.cert}; ssl_certificate_key ${place.expired.key}; }
  server { listen unix:${sink}; location / { return 200 "read"; } }`;
}
