// What the origin is told of a trace, and what becomes of requests when the SDK misbehaves.

import { propagation, type Span, trace, type TracerProvider } from "@opentelemetry/api";
import { BasicTracerProvider, type SpanProcessor } from "@opentelemetry/sdk-trace-base";
import { afterEach, describe, expect, test } from "vitest";

import { startGatewayOn, type TestGateway } from "../helpers/gateway.ts";
import { ok, startOrigin, type TestOrigin } from "../helpers/origin.ts";
import { registerSdk } from "../helpers/traces.ts";

const traceId = "0af7651916cd43dd8448eb211c80319c";
const clientSpan = "b7ad6b7169203331";
const traceparent = `00-${traceId}-${clientSpan}-01`;
const baggage = "user=1;p=2,  odd = %20,=";

afterEach(() => {
  trace.disable();
  propagation.disable();
});

function gatewayFor(origin: TestOrigin, tracing: boolean): Promise<TestGateway> {
  return startGatewayOn({ tracing, zones: [{ hosts: ["a.test"], origins: [origin.url] }] });
}

/** The fields of this name that the origin got, in its last request. */
function received({ heads }: TestOrigin, name: string): string[] {
  const lines = (heads.at(-1) ?? "").split("\r\n");
  return lines.flatMap((line) => {
    const [, key = "", value = ""] = /^([^:]+): ?(.*)$/.exec(line) ?? [];
    return key.toLowerCase() === name ? [value] : [];
  });
}

describe("the origin", () => {
  test.each([
    ["the propagators that an SDK has by default", {}],
    ["W3C Trace Context where there is no propagator", { propagator: null }],
  ] as const)(
    "is told of the response's span, in the client's trace, by %s",
    async (_name, options) => {
      using sdk = registerSdk(options);
      await using origin = await startOrigin((socket) => socket.write(ok()));
      await using gateway = await gatewayFor(origin, true);

      await gateway.get("/", [
        ["Traceparent", traceparent],
        ["tracestate", "vendor=1"],
        ["tracestate", "other=2"],
        ["baggage", baggage],
      ]);

      const spans = await sdk.of();
      const { spanId } = spans.child("response").spanContext();
      expect(spans.server.parentSpanContext).toMatchObject({ traceId, spanId: clientSpan });
      expect(received(origin, "traceparent")).toEqual([`00-${traceId}-${spanId}-01`]);
      expect(received(origin, "tracestate")).toEqual(["vendor=1,other=2"]);
      expect(received(origin, "baggage")).toEqual([baggage]);
    },
  );

  test("is told of it, too, where the client has no trace", async () => {
    using sdk = registerSdk();
    await using origin = await startOrigin((socket) => socket.write(ok()));
    await using gateway = await gatewayFor(origin, true);

    await gateway.get();

    const { spanId, traceId: own } = (await sdk.of()).child("response").spanContext();
    expect(received(origin, "traceparent")).toEqual([`00-${own}-${spanId}-01`]);
    expect(received(origin, "tracestate")).toEqual([]);
  });

  test.each([
    ["garbage", "garbage"],
    ["ids of zeros", `00-${"0".repeat(32)}-${clientSpan}-01`],
    ["version ff", `ff-${traceId}-${clientSpan}-01`],
    ["upper case", `00-${traceId.toUpperCase()}-${clientSpan}-01`],
    ["more than version 00 has", `${traceparent}-more`],
  ])("gets a new trace in place of %s", async (_name, broken) => {
    using sdk = registerSdk({ propagator: null });
    await using origin = await startOrigin((socket) => socket.write(ok()));
    await using gateway = await gatewayFor(origin, true);

    await gateway.get("/", [
      ["traceparent", broken],
      ["tracestate", "vendor=1"],
    ]);

    const { server } = await sdk.of();
    expect(server.parentSpanContext).toBeUndefined();
    expect(received(origin, "traceparent").length).toBe(1);
    expect(received(origin, "traceparent")[0]).toContain(server.spanContext().traceId);
    expect(received(origin, "tracestate")).toEqual([]);
  });

  test.each([
    ["tracing is off", false, true],
    ["no SDK is registered", true, false],
  ])("gets the client's own fields untouched where %s", async (_name, tracing, isRegistered) => {
    using sdk = isRegistered ? registerSdk() : null;
    await using origin = await startOrigin((socket) => socket.write(ok()));
    await using gateway = await gatewayFor(origin, tracing);

    await gateway.get("/", [
      ["TraceParent", `01${traceparent.slice(2)}-more`],
      ["tracestate", "vendor=1"],
      ["tracestate", "other=2"],
      ["baggage", baggage],
    ]);

    expect(received(origin, "traceparent")).toEqual([`01${traceparent.slice(2)}-more`]);
    expect(received(origin, "tracestate")).toEqual(["vendor=1", "other=2"]);
    expect(received(origin, "baggage")).toEqual([baggage]);
    expect(sdk?.spans ?? []).toEqual([]);
  });

  test("is not sent what a propagator makes up that no field may hold", async () => {
    using sdk = registerSdk();
    propagation.disable();
    propagation.setGlobalPropagator({
      fields: () => ["x-trace"],
      extract: (context) => context,
      inject: (_context, carrier, setter) => {
        setter.set(carrier, "x-trace", "a\r\nx-injected: 1");
        setter.set(carrier, "x bad", "1");
        setter.set(carrier, "X-Good", "1");
      },
    });
    await using origin = await startOrigin((socket) => socket.write(ok()));
    await using gateway = await gatewayFor(origin, true);

    const { status } = await gateway.get();

    expect(status).toBe(200);
    expect((await sdk.of()).names).toContain("response");
    expect(received(origin, "x-good")).toEqual(["1"]);
    expect(received(origin, "x-injected")).toEqual([]);
  });
});

const fail = (): never => {
  throw new Error("hostile");
};

/** A provider that works but for one thing. */
function brokenSpan(broken: Partial<Record<keyof Span, () => never>>): TracerProvider {
  const provider = new BasicTracerProvider();
  return {
    getTracer: (name) => {
      const tracer = provider.getTracer(name);
      return {
        startSpan: (...started) => Object.assign(tracer.startSpan(...started), broken),
        startActiveSpan: fail,
      };
    },
  };
}

function brokenProcessor(broken: Partial<SpanProcessor>): TracerProvider {
  const whole = { onStart() {}, onEnd() {}, forceFlush: fail, shutdown: fail };
  return new BasicTracerProvider({ spanProcessors: [{ ...whole, ...broken }] });
}

describe("an SDK that fails", () => {
  test.each<[string, TracerProvider]>([
    ["to make spans", { getTracer: () => ({ startSpan: fail, startActiveSpan: fail }) }],
    [
      "to make spans that are any",
      { getTracer: () => ({ startSpan: () => null as never, startActiveSpan: fail }) },
    ],
    ["to say what its spans are", brokenSpan({ spanContext: fail })],
    ["to take attributes", brokenSpan({ setAttributes: fail })],
    ["to take a status", brokenSpan({ setStatus: fail })],
    ["to end spans", brokenSpan({ end: fail })],
    ["when a span starts", brokenProcessor({ onStart: fail })],
    ["when a span ends", brokenProcessor({ onEnd: fail })],
  ])("%s costs no request anything", async (_name, provider) => {
    trace.setGlobalTracerProvider(provider);
    await using origin = await startOrigin((socket) => socket.write(ok()));
    await using gateway = await startGatewayOn({
      tracing: true,
      zones: [
        { hosts: ["a.test"], origins: [origin.url] },
        { hosts: ["b.test"], origins: ["http://127.0.0.1:1"] },
      ],
    });

    const first = await gateway.get("/", [["traceparent", traceparent]]);
    const second = await gateway.get();
    const failed = await gateway.request({ host: "b.test" });

    expect([first.status, second.status, failed.status]).toEqual([200, 200, 521]);
    expect(received(origin, "host")).toEqual(["a.test"]);
    await gateway.line(({ status }) => status === 521);
    expect(gateway.lines.length).toBe(3);
  });
});
