// The real OpenTelemetry SDK of this process, whose spans are kept where a test can look at them.

import { propagation, SpanKind, SpanStatusCode, trace } from "@opentelemetry/api";
import {
  InMemorySpanExporter,
  type ReadableSpan,
  SimpleSpanProcessor,
} from "@opentelemetry/sdk-trace-base";
import { NodeTracerProvider } from "@opentelemetry/sdk-trace-node";

import { waitFor } from "./gateway.ts";

/** The spans of one request. */
export interface RequestSpans {
  readonly server: ReadableSpan;
  /** What stands below it, by start time. */
  readonly children: readonly ReadableSpan[];
  /** Their names. */
  readonly names: readonly string[];
  child(name: string): ReadableSpan;
}

/** A registered SDK. */
export interface TestSdk extends Disposable {
  /** Every span that has ended. */
  readonly spans: readonly ReadableSpan[];
  /** The server spans of as many requests, waiting for them. */
  servers(count: number): Promise<readonly ReadableSpan[]>;
  /** The spans of the request whose server span a predicate finds, waiting for it. */
  of(predicate?: (server: ReadableSpan) => boolean): Promise<RequestSpans>;
}

/** Registers the SDK as an application does, with the propagators that it has by default, or with none. */
export function registerSdk(options: { propagator?: null } = {}): TestSdk {
  const exporter = new InMemorySpanExporter();
  new NodeTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] }).register({
    contextManager: null,
    ...options,
  });
  const servers = (): ReadableSpan[] =>
    exporter.getFinishedSpans().filter(({ kind }) => kind === SpanKind.SERVER);
  return {
    get spans() {
      return exporter.getFinishedSpans();
    },
    servers: (count) =>
      waitFor(() => {
        const found = servers();
        return found.length === count && found;
      }, "not all server spans have ended"),
    async of(predicate = () => true) {
      const server = await waitFor(() => servers().find(predicate), "no such server span");
      const { spanId } = server.spanContext();
      const children = exporter
        .getFinishedSpans()
        .filter(({ parentSpanContext }) => parentSpanContext?.spanId === spanId)
        .toSorted((one, other) => startOf(one) - startOf(other));
      return {
        server,
        children,
        names: children.map(({ name }) => name),
        child: (name) => {
          const found = children.find((span) => span.name === name);
          if (found === undefined) throw new Error(`no span ${name}`);
          return found;
        },
      };
    },
    [Symbol.dispose]() {
      trace.disable();
      propagation.disable();
    },
  };
}

/** When a span began, in milliseconds since 1970. */
export function startOf({ startTime: [seconds, nanoseconds] }: ReadableSpan): number {
  return seconds * 1000 + nanoseconds / 1e6;
}

/** When it ended. */
export function endOf({ endTime: [seconds, nanoseconds] }: ReadableSpan): number {
  return seconds * 1000 + nanoseconds / 1e6;
}

/** Whether a span's status is Error. */
export function isError({ status }: ReadableSpan): boolean {
  return status.code === SpanStatusCode.ERROR;
}
