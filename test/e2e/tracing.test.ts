// Traces as people set them up: the real command, the SDK by --import, and OTLP over HTTP to a receiver.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";

import { afterEach, describe, expect, test } from "vitest";

import { waitFor } from "../helpers/gateway.ts";
import { ok, startOrigin } from "../helpers/origin.ts";
import { rawRequest } from "../helpers/raw-client.ts";

/** A span, as OTLP/JSON has it. */
interface WireSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
}

const children: ReturnType<typeof spawn>[] = [];
const servers: Server[] = [];

afterEach(async () => {
  for (const child of children.splice(0)) {
    if (child.exitCode !== null) continue;
    child.kill("SIGKILL");
    await once(child, "exit");
  }
  for (const server of servers.splice(0)) server.close();
});

/** A collector that takes everything. */
async function startCollector(): Promise<{ url: string; spans: WireSpan[] }> {
  const spans: WireSpan[] = [];
  const server = createServer((req, res) => {
    let body = "";
    req.setEncoding("utf8").on("data", (text: string) => {
      body += text;
    });
    req.on("end", () => {
      interface Batch {
        scopeSpans: { spans: WireSpan[] }[];
      }
      for (const { scopeSpans } of (JSON.parse(body) as { resourceSpans: Batch[] }).resourceSpans)
        spans.push(...scopeSpans.flatMap((scope) => scope.spans));
      res.end("{}");
    });
  });
  servers.push(server);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, spans };
}

/** Starts the command in front of an origin; resolves when it serves. */
async function startCommand(origin: string, args: readonly string[], env: NodeJS.ProcessEnv = {}) {
  const ports = ["--port", "0", "--https-port", "false", "--admin-port", "false"];
  const child = spawn(
    process.execPath,
    ["--import", "tsx", ...args, "src/cli.ts", "--origin", origin, ...ports],
    { stdio: ["ignore", "ignore", "pipe"], env: { ...process.env, ...env } },
  );
  children.push(child);
  let said = "";
  child.stderr.on("data", (bytes: Buffer) => {
    said += bytes.toString();
  });
  const port = await waitFor(
    () => Number(/localhost:(\d+)\/ serves/.exec(said)?.[1] ?? 0) || null,
    "it does not start",
    20_000,
  );
  return { child, port, said: () => said };
}

describe("edgecase --tracing", () => {
  test("sends the trace of a request to a collector, the last spans before it ends", async () => {
    const collector = await startCollector();
    await using origin = await startOrigin((socket) => socket.write(ok()));
    const { child, port, said } = await startCommand(
      origin.url,
      ["--import", "./test/helpers/otel-sdk.mjs"],
      {
        EDGECASE_TRACING: "true",
        OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
        OTEL_BSP_SCHEDULE_DELAY: "60000",
      },
    );

    await rawRequest(port, { headers: [["Host", "a.test"]] });
    child.kill("SIGTERM");
    const [code] = (await once(child, "exit")) as [number];

    const server = collector.spans.find(({ parentSpanId }) => parentSpanId === undefined);
    const below = collector.spans.filter(({ parentSpanId }) => parentSpanId === server?.spanId);
    expect(code).toBe(0);
    expect(server?.name).toBe("GET *");
    expect(below.map(({ name }) => name)).toEqual(["tcp", "response"]);
    expect(origin.heads.at(-1)).toContain(
      `traceparent: 00-${server?.traceId}-${below[1]?.spanId}-01`,
    );
    expect(said()).not.toContain("tracing");
  }, 40_000);

  test("says so where there is no SDK, and serves all the same", async () => {
    await using origin = await startOrigin((socket) => socket.write(ok()));
    const { port, said } = await startCommand(origin.url, [], { EDGECASE_TRACING: "true" });

    const { status } = await rawRequest(port, { headers: [["Host", "a.test"]] });

    expect(status).toBe(200);
    expect(said()).toContain("no OpenTelemetry SDK is registered");
  }, 40_000);

  test("is not loaded where it is not wanted", async () => {
    await using origin = await startOrigin((socket) => socket.write(ok()));
    const watch = `data:text/javascript,${encodeURIComponent(
      "import { register } from \"node:module\"; register(\"data:text/javascript,\" + encodeURIComponent(\"export async function load(url, context, next) { if (url.includes('/src/trace/')) process.stderr.write('loaded ' + url + '\\\\n'); return next(url, context); }\"));",
    )}`;
    const off = await startCommand(origin.url, ["--import", watch]);
    const on = await startCommand(origin.url, ["--import", watch], { EDGECASE_TRACING: "true" });

    await rawRequest(off.port, { headers: [["Host", "a.test"]] });

    expect(on.said()).toContain("/src/trace/tracing.ts");
    expect(off.said()).not.toContain("/src/trace/");
  }, 60_000);
});
