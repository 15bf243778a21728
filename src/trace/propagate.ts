// Trace context between client and origin: by whatever propagator the SDK has set, or else as W3C Trace Context has it.

import {
  type Context,
  createTraceState,
  defaultTextMapGetter,
  isSpanContextValid,
  propagation,
  ROOT_CONTEXT,
  type Span,
  type SpanContext,
  trace,
} from "@opentelemetry/api";

/** Fields for the origin that take the place of the client's, lower case; an empty value takes it without being sent. */
export type ForwardedFields = ReadonlyMap<string, string>;

/** Version, trace id, parent id and flags; later versions may say more. @see W3C Trace Context §3.2 */
const traceparentSyntax = /^(?!ff)([\da-f]{2})-([\da-f]{32})-([\da-f]{16})-([\da-f]{2})(-.*)?$/;

/** A field's name and value as they can be sent. @see RFC 9110 §5.1, §5.5 */
const nameSyntax = /^[!#$%&'*+.^_`|~\da-z-]+$/;
const valueSyntax = /^[\t\x20-\x7e]*$/;

/** The context that a request's fields bring along; an empty one if they bring none. */
export function contextOf(fields: Readonly<NodeJS.Dict<string | string[]>>): Context {
  if (propagation.fields().length > 0)
    return propagation.extract(ROOT_CONTEXT, fields, defaultTextMapGetter);
  const { traceparent, tracestate } = fields;
  const parent = parseTraceparent(String(traceparent), String(tracestate ?? ""));
  return parent === null ? ROOT_CONTEXT : trace.setSpanContext(ROOT_CONTEXT, parent);
}

/** What tells the origin of a span; null if the span is none that could be told of. */
export function fieldsFor(span: Span, parent: Context): ForwardedFields | null {
  const spanContext = span.spanContext();
  // Without an SDK a span is none, or is its remote parent once more: then the client's own fields say it better.
  const isNone = spanContext.spanId === trace.getSpanContext(parent)?.spanId;
  if (isNone || !isSpanContextValid(spanContext)) return null;
  const fields = new Map<string, string>();
  if (propagation.fields().length === 0) {
    fields.set("traceparent", traceparentOf(spanContext));
    fields.set("tracestate", spanContext.traceState?.serialize() ?? "");
  } else {
    const set = (_: unknown, name: string, value: string): void => {
      const lower = name.toLowerCase();
      if (nameSyntax.test(lower) && valueSyntax.test(value)) fields.set(lower, value);
    };
    propagation.inject(trace.setSpan(parent, span), null, { set });
  }
  fields.delete("baggage"); // Passes through as the client sent it.
  // One without the other would be somebody else's. @see W3C Trace Context §3.3.1.1
  if (fields.has("traceparent") && !fields.has("tracestate")) fields.set("tracestate", "");
  return fields;
}

function parseTraceparent(traceparent: string, tracestate: string): SpanContext | null {
  const [, version, traceId = "", spanId = "", flags = "", rest] =
    traceparentSyntax.exec(traceparent) ?? [];
  if (version === "00" && rest !== undefined) return null;
  const traceFlags = Number.parseInt(flags, 16) & 1;
  const parent = { traceId, spanId, traceFlags, isRemote: true };
  if (!isSpanContextValid(parent)) return null;
  return tracestate === "" ? parent : { ...parent, traceState: createTraceState(tracestate) };
}

function traceparentOf({ traceId, spanId, traceFlags }: SpanContext): string {
  return `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, "0")}`;
}
