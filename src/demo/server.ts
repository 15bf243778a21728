// The one origin of the demo that is ours: it serves the index page and takes the toggles.

import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

import type { Fixture } from "../../fixtures/fixture.ts";
import type { ErrorSettings } from "../config/gateway-config.ts";
import type { SettingsChange } from "../settings.ts";
import { indexPage } from "./index-page.ts";

/** What the page shows and changes. */
export interface DemoSubject {
  readonly fixtures: readonly Fixture[];
  errors(): ErrorSettings;
  /** Where the dashboard is; null where the admin port is off. */
  dashboardUrl(): string | null;
  /** Resolves when the change is in force. */
  change(change: SettingsChange): Promise<void>;
}

/** A form of two words is no longer. */
const longestForm = 1_024;

/** Starts the demo's origin on a free port of 127.0.0.1. */
export async function startDemoServer(
  subject: DemoSubject,
): Promise<{ origin: string; close(): Promise<void> }> {
  const server = createServer((req, res) => {
    if (req.url?.split("?", 1)[0] !== "/") {
      res.writeHead(404, { "content-type": "text/plain" }).end("Only / is here.\n");
      return;
    }
    if (req.method !== "POST") {
      const page = indexPage(subject.fixtures, {
        authority: req.headers.host ?? "",
        errors: subject.errors(),
        dashboardUrl: subject.dashboardUrl(),
      });
      res
        .writeHead(200, { "content-type": "text/html; charset=utf-8", "cache-control": "no-store" })
        .end(page);
      return;
    }
    let form = "";
    req.setEncoding("latin1").on("data", (text: string) => {
      form = (form + text).slice(0, longestForm);
    });
    req.on("end", () => {
      void subject
        .change(changeOf(new URLSearchParams(form)))
        .then(() => res.writeHead(303, { location: "/" }).end());
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    origin: `http://127.0.0.1:${port}`,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

function changeOf(form: URLSearchParams): SettingsChange {
  const codes = form.get("codes");
  const pages = form.get("pages");
  return {
    ...((codes === "detailed" || codes === "generic") && { codes }),
    ...((pages === "verbose" || pages === "sanitized") && { pages }),
  };
}
