// Traces, as the real SDK gets them: the tree, its times, what each span says, and what the origin is told.

import { once } from "node:events";
import type { AddressInfo } from "node:net";

import { SpanKind, SpanStatusCode } from "@opentelemetry/api";
import type { ReadableSpan } from "@opentelemetry/sdk-trace-base";
import { describe, expect, test } from "vitest";
import { WebSocket, WebSocketServer } from "ws";

import { startGateway, startGatewayOn, waitFor } from "../helpers/gateway.ts";
import { startHttp2Origin } from "../helpers/http2-origin.ts";
import { ok, startOrigin } from "../helpers/origin.ts";
import { endOf, isError, registerSdk, type RequestSpans, startOf } from "../helpers/traces.ts";

const tracing = true;

/** Whether every child is within its parent, in a trace of one id. */
function isSound({ server, children }: RequestSpans): boolean {
  const { traceId } = server.spanContext();
  const isWithin = (span: ReadableSpan): boolean =>
    startOf(span) >= startOf(server) &&
    endOf(span) <= endOf(server) &&
    startOf(span) <= endOf(span) &&
    span.spanContext().traceId === traceId;
  return children.every(isWithin);
}

describe("a request that goes well", () => {
  test("is a server span, with every step towards the origin below it, one after the other", async () => {
    using sdk = registerSdk();
    await using gateway = await startGateway({ fixtures: ["tls-good"], tracing });

    await gateway.get("/cart?token=secret", [["User-Agent", "curl"]]);

    const spans = await sdk.of();
    const { ray } = await gateway.line();
    expect(spans.names).toEqual(["dns", "tcp", "tls", "response"]);
    expect(isSound(spans)).toBe(true);
    const [dns, tcp, tls, response] = spans.children as [ReadableSpan, ReadableSpan, ReadableSpan, ReadableSpan]; // prettier-ignore
    for (const [before, after] of [
      [dns, tcp],
      [tcp, tls],
      [tls, response],
    ] as const)
      // prettier-ignore
      expect(endOf(before)).toBeLessThanOrEqual(startOf(after) + 0.001);
    expect(spans.server).toMatchObject({
      name: "GET tls-good.test",
      status: { code: SpanStatusCode.UNSET },
      attributes: {
        "http.request.method": "GET",
        "http.response.status_code": 200,
        "url.scheme": "http",
        "url.path": "/cart",
        "server.address": "tls-good.test",
        "server.port": 80,
        "client.address": "127.0.0.1",
        "network.protocol.version": "1.1",
        "user_agent.original": "curl",
        "edgecase.ray": ray,
        "edgecase.zone": "tls-good.test",
      },
    });
    expect(response).toMatchObject({
      kind: SpanKind.CLIENT,
      status: { code: SpanStatusCode.UNSET },
      attributes: {
        "http.response.status_code": 200,
        "network.peer.address": "127.0.0.1",
        "network.protocol.version": "1.1",
        "edgecase.reused": false,
      },
    });
    expect(String(response.attributes["url.full"])).toMatch(/^https:\/\/[^/]+:\d+\/cart$/);
    expect(JSON.stringify(sdk.spans.map(({ attributes }) => attributes))).not.toContain("secret");
    expect(spans.server.attributes).not.toHaveProperty("error.type");
  });

  test("over a kept connection has a response alone below it", async () => {
    using sdk = registerSdk();
    await using gateway = await startGateway({ fixtures: ["good"], tracing });
    await gateway.get("/first");

    await gateway.get("/second");

    const spans = await sdk.of(({ attributes }) => attributes["url.path"] === "/second");
    expect(spans.names).toEqual(["response"]);
    expect(spans.child("response").attributes["edgecase.reused"]).toBe(true);
  });

  test("of a method that nobody knows is named as the conventions have it", async () => {
    using sdk = registerSdk();
    await using gateway = await startGateway({ fixtures: ["good"], tracing });

    await gateway.request({ method: "PURGE" });

    const { server } = await sdk.of();
    expect(server).toMatchObject({
      name: "HTTP good.test",
      attributes: {
        "http.request.method": "_OTHER",
        "http.request.method_original": "PURGE",
      },
    });
  });

  test("shows the part that it had in a connection which others were waiting for", async () => {
    using sdk = registerSdk();
    await using origin = await startHttp2Origin((stream) => {
      stream.respond({ ":status": 200 });
      stream.end("hello");
    });
    await using gateway = await startGatewayOn({
      tracing,
      zones: [{ hosts: ["*"], origins: [origin.url], h2c: true }],
    });

    await Promise.all(Array.from({ length: 10 }, () => gateway.get()));

    const servers = await sdk.servers(10);
    for (const server of servers) {
      const spans = await sdk.of((span) => span === server);
      expect(isSound(spans)).toBe(true);
      expect(spans.child("response").attributes["network.protocol.version"]).toBe("2");
    }
  });
});

describe("a failure", () => {
  test.each([
    ["nxdomain", "dns", "dns_error", 523],
    ["refused", "tcp", "connection_refused", 521],
    ["expired", "tls", "tls_certificate_error", 526],
    ["closes-silently", "response", "connection_terminated", 520],
    ["never-answers", "response", "http_response_timeout", 524],
  ])("of %s is at %s: %s", async (fixture, step, type, status) => {
    using sdk = registerSdk();
    await using gateway = await startGateway({ fixtures: [fixture], tracing });

    await gateway.get();

    const spans = await sdk.of();
    const broken = spans.children.filter(isError);
    expect(isSound(spans)).toBe(true);
    expect(broken.map(({ name, attributes }) => [name, attributes["error.type"]])).toEqual([
      [step, type],
    ]);
    expect(spans.names.at(-1)).toBe(step);
    expect(isError(spans.server)).toBe(true);
    expect(spans.server.attributes).toMatchObject({
      "error.type": type,
      "http.response.status_code": status,
      "edgecase.code": status,
    });
  });

  test("that comes late is an error although the status was good", async () => {
    using sdk = registerSdk();
    await using gateway = await startGateway({ fixtures: ["body-stalls"], tracing });

    await gateway.get();

    const spans = await sdk.of();
    for (const span of [spans.server, spans.child("response")]) {
      expect(isError(span)).toBe(true);
      expect(span.attributes).toMatchObject({
        "http.response.status_code": 200,
        "error.type": "http_response_incomplete",
        "edgecase.reason": "stalled",
        "edgecase.late": true,
      });
    }
    expect(isSound(spans)).toBe(true);
  });

  test("of a kept connection, made good by a fresh one, is the first of two responses", async () => {
    using sdk = registerSdk();
    await using origin = await startOrigin((socket) => {
      if (origin.heads.length === 2) socket.destroy();
      else socket.write(ok());
    });
    await using gateway = await startGatewayOn({
      tracing,
      zones: [{ hosts: ["*"], origins: [origin.url] }],
    });
    await gateway.get("/first");

    const { status } = await gateway.get("/second");

    const spans = await sdk.of(({ attributes }) => attributes["url.path"] === "/second");
    const [died, fresh] = spans.children.filter(({ name }) => name === "response");
    expect(status).toBe(200);
    expect(died?.attributes["error.type"]).toBe("connection_terminated");
    expect(fresh?.attributes).toMatchObject({
      "http.request.resend_count": 1,
      "http.response.status_code": 200,
    });
    expect(spans.names).toEqual(["response", "tcp", "response"]);
    expect(isError(spans.server)).toBe(false);
    expect(isSound(spans)).toBe(true);
  });

  test("of an origin, made good by another, has the steps to each", async () => {
    using sdk = registerSdk();
    await using gateway = await startGateway({ fixtures: ["failover"], tracing });

    await gateway.get();

    const spans = await sdk.of();
    const [refused, taken] = spans.children.filter(({ name }) => name === "tcp");
    expect([refused, taken].map((span) => span?.attributes["error.type"])).toEqual([
      "connection_refused",
      undefined,
    ]);
    expect(refused?.attributes["edgecase.origin"]).not.toBe(taken?.attributes["edgecase.origin"]);
    expect(isError(spans.server)).toBe(false);
    expect(isSound(spans)).toBe(true);
  });

  test("that is the client's is no error of the server, and has its type", async () => {
    using sdk = registerSdk();
    await using gateway = await startGateway({ fixtures: ["good"], tracing });

    await gateway.request({ host: "nobody.test" });
    await gateway.request({ target: "/%zz" });
    const connection = gateway.connect();
    connection.send("NO HTTP AT ALL\r\n\r\n");
    await connection.read();

    const servers = await sdk.servers(3);
    const unknown = await sdk.of(
      ({ attributes }) => attributes["server.address"] === "nobody.test",
    );
    const malformed = await sdk.of(
      ({ attributes }) => attributes["edgecase.reason"] === "malformed",
    );
    expect(unknown.server.attributes["error.type"]).toBe("destination_not_found");
    expect(malformed.server.attributes["http.response.status_code"]).toBe(400);
    expect(servers.map(isError)).toEqual([false, false, false]);
  });

  test("that the origin tells of by itself has its status for a type", async () => {
    using sdk = registerSdk();
    await using origin = await startOrigin((socket) =>
      socket.write(ok("no", "", "HTTP/1.1 503 Service Unavailable")),
    );
    await using gateway = await startGatewayOn({
      tracing,
      zones: [{ hosts: ["*"], origins: [origin.url] }],
    });

    await gateway.get();

    const spans = await sdk.of();
    for (const span of [spans.server, spans.child("response")]) {
      expect(isError(span)).toBe(true);
      expect(span.attributes["error.type"]).toBe("503");
    }
  });
});

describe("a client that leaves", () => {
  test.each([
    ["never-answers", "response"],
    ["accept-queue-full", "tcp"],
    ["resolver-never-answers", "dns"],
  ])("%s ends the trace where it was: %s", async (fixture, step) => {
    using sdk = registerSdk();
    await using gateway = await startGateway({ fixtures: [fixture], tracing });
    const connection = gateway.connect();
    connection.send(`GET / HTTP/1.1\r\nHost: ${fixture}.test\r\n\r\n`);
    await once(connection.socket, "connect");
    await waitFor(() => {
      const isOnItsWay = gateway.gateway.zones[0]?.origins[0]?.standing.outstanding === 1;
      return step === "response" ? sdk.spans.length > 0 : isOnItsWay; // Connected, or not yet.
    }, "no request");

    connection.close();

    const spans = await sdk.of();
    expect(spans.names.at(-1)).toBe(step);
    expect(spans.server.attributes["error.type"]).toBe("client_left");
    expect(spans.server.attributes).not.toHaveProperty("http.response.status_code");
    expect(isError(spans.server)).toBe(true);
    expect(isSound(spans)).toBe(true);
  });
});

test("a WebSocket's span ends when the tunnel does", async () => {
  using sdk = registerSdk();
  const server = new WebSocketServer({ port: 0, host: "127.0.0.1" });
  await once(server, "listening");
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  await using gateway = await startGatewayOn({
    tracing,
    zones: [{ hosts: ["*"], origins: [url] }],
  });
  const socket = new WebSocket(`ws://127.0.0.1:${gateway.port}/`);
  await once(socket, "open");
  const whileOpen = sdk.spans.map(({ name }) => name);

  socket.close();

  const spans = await sdk.of();
  server.close();
  expect(whileOpen).toEqual(["tcp"]);
  expect(spans.names).toEqual(["tcp", "response"]);
  expect(spans.server.attributes["http.response.status_code"]).toBe(101);
  expect(isError(spans.server)).toBe(false);
  expect(isSound(spans)).toBe(true);
});
