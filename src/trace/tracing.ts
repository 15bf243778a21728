// The joint with OpenTelemetry: its API alone. The SDK is whatever the process has registered. Loaded only where traces are wanted.

import { clearTimeout, setTimeout } from "node:timers";

import { trace, type Tracer, type TracerProvider } from "@opentelemetry/api";
import type { Logger } from "pino";

import type { ExchangeContext } from "../exchange-context.ts";
import { version } from "../version.ts";
import { RequestTrace } from "./request-trace.ts";

/** For how long the last spans may take to leave when the gateway ends, in milliseconds. */
const flushMs = 1_000;

/** What the API's own provider has besides its interface, and an SDK's behind it. */
interface Provider extends TracerProvider {
  getDelegate?(): Provider;
  /** Undefined while no SDK is registered. */
  getDelegateTracer?(name: string): Tracer | undefined;
  forceFlush?(): Promise<void>;
}

/** Makes the traces of a gateway. */
export class Tracing {
  readonly #messages: Logger;
  readonly #tracer = trace.getTracer("edgecase", version);
  #hasFailed = false;

  /** Warns where no SDK is registered: then nobody will hear of the traces. */
  constructor(messages: Logger) {
    this.#messages = messages;
    const provider: Provider = trace.getTracerProvider();
    if (provider.getDelegateTracer?.("edgecase") === undefined && "getDelegateTracer" in provider)
      messages.warn(
        "tracing is on, but no OpenTelemetry SDK is registered: start Node with --import of a module that registers one",
      );
  }

  /** Begins a request's trace. */
  begin(context: ExchangeContext): void {
    context.trace = new RequestTrace(context, this.#tracer, (error) => this.#failed(error));
  }

  /** Ends the trace of a request that has been recorded. One that went to no origin has none yet. */
  end(context: ExchangeContext): void {
    if (context.trace === null) this.begin(context);
    context.trace?.end();
  }

  /** Resolves when the SDK has sent what it has, or will take longer than a second. */
  async close(): Promise<void> {
    const provider: Provider = trace.getTracerProvider();
    let deadline: NodeJS.Timeout | undefined;
    try {
      await Promise.race([
        (provider.getDelegate?.() ?? provider).forceFlush?.(),
        new Promise<void>((resolve) => {
          deadline = setTimeout(resolve, flushMs);
        }),
      ]);
    } catch (error) {
      this.#failed(error);
    } finally {
      clearTimeout(deadline);
    }
  }

  /** Said once: what fails for one request will fail for others. */
  #failed(error: unknown): void {
    if (this.#hasFailed) return;
    this.#hasFailed = true;
    this.#messages.warn({ err: error }, "a trace could not be made; requests go on without");
  }
}
