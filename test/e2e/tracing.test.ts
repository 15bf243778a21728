// Traces as people set them up: the real command, the SDK by --import, and OTLP over HTTP to a receiver.

import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";

import { afterEach, describe, expect, test } from "vitest";

import { startCommand } from "../helpers/edgecase-command.ts";
import { ok, startOrigin, type TestOrigin } from "../helpers/origin.ts";
import { rawRequest } from "../helpers/raw-client.ts";

/** A span, as OTLP/JSON has it. */
interface WireSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
}

const servers: Server[] = [];

afterEach(() => {
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
function startBefore({ url }: TestOrigin, nodeArgs: string[], env: NodeJS.ProcessEnv = {}) {
  return startCommand(["--origin", url], { nodeArgs, env });
}

describe("edgecase --tracing", () => {
  test("sends the trace of a request to a collector, the last spans before it ends", async () => {
    const collector = await startCollector();
    await using origin = await startOrigin((socket) => socket.write(ok()));
    await using command = await startBefore(origin, ["--import", "./test/helpers/otel-sdk.mjs"], {
      EDGECASE_TRACING: "true",
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
      OTEL_BSP_SCHEDULE_DELAY: "60000",
    });

    await rawRequest(command.port, { headers: [["Host", "a.test"]] });
    const code = await command.end();

    const server = collector.spans.find(({ parentSpanId }) => parentSpanId === undefined);
    const below = collector.spans.filter(({ parentSpanId }) => parentSpanId === server?.spanId);
    expect(code).toBe(0);
    expect(server?.name).toBe("GET *");
    expect(below.map(({ name }) => name)).toEqual(["tcp", "response"]);
    expect(origin.heads.at(-1)).toContain(
      `traceparent: 00-${server?.traceId}-${below[1]?.spanId}-01`,
    );
    expect(command.said()).not.toContain("tracing");
  }, 40_000);

  test("says so where there is no SDK, and serves all the same", async () => {
    await using origin = await startOrigin((socket) => socket.write(ok()));
    await using command = await startBefore(origin, [], { EDGECASE_TRACING: "true" });

    const { status } = await rawRequest(command.port, { headers: [["Host", "a.test"]] });

    expect(status).toBe(200);
    expect(command.said()).toContain("no OpenTelemetry SDK is registered");
  }, 40_000);

  test("is not loaded where it is not wanted", async () => {
    await using origin = await startOrigin((socket) => socket.write(ok()));
    const watch = `data:text/javascript,${encodeURIComponent(
      "import { register } from \"node:module\"; register(\"data:text/javascript,\" + encodeURIComponent(\"export async function load(url, context, next) { if (url.includes('/@opentelemetry/')) process.stderr.write('loaded ' + url + '\\\\n'); return next(url, context); }\"));",
    )}`;
    await using off = await startBefore(origin, ["--import", watch]);
    await using on = await startBefore(origin, ["--import", watch], { EDGECASE_TRACING: "true" });

    await rawRequest(off.port, { headers: [["Host", "a.test"]] });

    expect(on.said()).toMatch(/^loaded .*\/@opentelemetry\/api\//m);
    expect(off.said()).not.toContain("loaded");
  }, 60_000);
});
