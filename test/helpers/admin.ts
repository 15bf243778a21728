// An admin server in front of a real gateway, on a free port, and a way to ask it whatever a client could.

import { request } from "node:http";

import { pino } from "pino";

import { AdminServer } from "../../src/admin/server.ts";
import type { ConfigFile } from "../../src/config/schema.ts";
import { startGatewayOn, type TestGateway } from "./gateway.ts";

/** An answer of the admin server. */
export interface AdminAnswer {
  readonly status: number;
  readonly headers: NodeJS.Dict<string | string[]>;
  readonly body: string;
  /** The body, parsed. */
  json(): unknown;
}

/** What to ask. */
export interface AdminQuestion {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as it is. */
  readonly body?: string;
}

/** A gateway with its admin server. */
export interface TestAdmin extends AsyncDisposable {
  readonly gateway: TestGateway;
  readonly admin: AdminServer;
  readonly port: number;
  readonly url: string;
  /** GET, unless the question says otherwise. */
  ask(path: string, question?: AdminQuestion): Promise<AdminAnswer>;
  /** PATCH /api/settings. */
  change(change: object): Promise<AdminAnswer>;
}

/** Starts both. */
export async function startAdmin(config: ConfigFile): Promise<TestAdmin> {
  const gateway = await startGatewayOn({ ...config, admin: { port: 0, ...config.admin } });
  const admin = await startAdminFor(gateway);
  return {
    ...admin,
    async [Symbol.asyncDispose]() {
      await admin[Symbol.asyncDispose]();
      await gateway.close();
    },
  };
}

/** Starts the admin server of a gateway whose `admin.port` is not false. Closing it leaves the gateway alone. */
export async function startAdminFor(gateway: TestGateway): Promise<TestAdmin> {
  const admin = new AdminServer(gateway.gateway.config.admin, gateway.gateway, {
    isReady: () => true,
    messages: pino({ level: "silent" }),
  });
  const port = await admin.start();
  if (port === false) throw new Error("the admin server has no port");
  const ask: TestAdmin["ask"] = (path, question) => askAt(port, path, question);
  return {
    gateway,
    admin,
    port,
    url: `http://127.0.0.1:${port}`,
    ask,
    change: (change) =>
      ask("/api/settings", {
        method: "PATCH",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(change),
      }),
    [Symbol.asyncDispose]: () => admin.close(),
  };
}

function askAt(
  port: number,
  path: string,
  { method = "GET", headers = {}, body }: AdminQuestion = {},
): Promise<AdminAnswer> {
  return new Promise((resolve, reject) => {
    const length = body === undefined ? {} : { "content-length": String(Buffer.byteLength(body)) };
    const options = { host: "127.0.0.1", port, path, method, headers: { ...headers, ...length } };
    const req = request(options, (res) => {
      let text = "";
      res.setEncoding("utf8").on("data", (piece: string) => {
        text += piece;
      });
      res.on("error", reject);
      res.on("end", () =>
        resolve({
          status: res.statusCode ?? 0,
          headers: res.headers,
          body: text,
          json: () => JSON.parse(text) as unknown,
        }),
      );
    });
    req.on("error", reject);
    req.end(body);
  });
}
