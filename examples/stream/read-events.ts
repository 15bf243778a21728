// A reader of server-sent events that goes on where it was when the connection is cut, or the edge answers with an error instead.
// EventSource of browsers does as much, but gives up for good at any status but 200.

import { setTimeout } from "node:timers/promises";

/** An event, as the app has sent it. */
export interface StreamEvent {
  readonly type: string;
  readonly data: string;
}

/** How patient the reader is. */
export interface ReaderOptions {
  /** Wait before the stream is asked for again. */
  readonly waitMs?: number;
  /** So many times in a row without a new event, and it gives up. */
  readonly tries?: number;
}

/** Reads until the event `done`. Throws the last error, or the status, once it has given up. */
export async function* readEvents(
  url: string,
  { waitMs = 1_000, tries = 5 }: ReaderOptions = {},
): AsyncGenerator<StreamEvent> {
  let lastId = "";
  for (let failed = 0; ; failed += 1) {
    if (failed > 0) await setTimeout(waitMs);
    try {
      const headers = { accept: "text/event-stream", ...(lastId && { "last-event-id": lastId }) };
      const response = await fetch(url, { headers });
      if (!response.ok || response.body === null) throw new Error(`status ${response.status}`);
      for await (const { id, ...event } of eventsOf(response.body)) {
        if (event.type === "done") return;
        lastId = id ?? lastId;
        failed = 0;
        yield event;
      }
      throw new Error("the stream ended before it was done");
    } catch (error) {
      if (failed >= tries) throw error;
    }
  }
}

/** The events of a stream, each once it is whole. */
async function* eventsOf(
  body: ReadableStream<Uint8Array>,
): AsyncGenerator<StreamEvent & { readonly id: string | undefined }> {
  let rest = "";
  for await (const text of body.pipeThrough(new TextDecoderStream())) {
    const blocks = (rest + text).split("\n\n");
    rest = blocks.pop() ?? "";
    for (const block of blocks) {
      const fields = new Map(
        block.split("\n").map((line) => line.split(/: ?(.*)/s, 2) as [string, string]),
      );
      const data = fields.get("data");
      if (data !== undefined)
        yield { type: fields.get("event") ?? "message", data, id: fields.get("id") };
    }
  }
}
