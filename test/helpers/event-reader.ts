// A reader of server-sent events over a bare connection: it hands out each event as soon as its empty line is there.

import { once } from "node:events";
import { type IncomingMessage, request } from "node:http";

/** One event. @see WHATWG HTML, Server-sent events, "Interpreting an event stream" */
export interface ServerEvent {
  readonly id: string;
  readonly event: string;
  readonly data: string;
}

/** Reads one stream. */
export class EventReader implements Disposable {
  readonly #request;
  #response: IncomingMessage | null = null;
  /** Pieces of the response: none is lost between two events, however many come at once. */
  #pieces: AsyncIterator<string> | null = null;
  #pending = "";

  constructor(port: number, host = "any.test", path = "/") {
    this.#request = request({ port, path, headers: { host, accept: "text/event-stream" } });
    this.#request.end();
  }

  get contentType(): string | undefined {
    return this.#response?.headers["content-type"];
  }

  /** The next event; comments are passed over. Rejects if the stream ends, or nothing comes for two seconds. */
  async next(): Promise<ServerEvent> {
    const signal = AbortSignal.timeout(2_000);
    this.#response ??= (
      (await once(this.#request, "response", { signal })) as [IncomingMessage]
    )[0].setEncoding("utf8");
    this.#pieces ??= this.#response[Symbol.asyncIterator]() as AsyncIterator<string>;
    for (;;) {
      const end = this.#pending.indexOf("\n\n");
      if (end >= 0) {
        const lines = this.#pending.slice(0, end).split("\n");
        this.#pending = this.#pending.slice(end + 2);
        const event = interpret(lines);
        if (event !== null) return event;
        continue;
      }
      // oxlint-disable-next-line no-await-in-loop -- There is nothing else to wait for.
      const piece = await Promise.race([this.#pieces.next(), expiry(signal)]);
      if (piece.done === true) throw new Error("the stream has ended");
      this.#pending += piece.value;
    }
  }

  [Symbol.dispose](): void {
    this.#request.on("error", () => {});
    this.#request.destroy();
  }
}

function expiry(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener("abort", () => reject(new Error("nothing came in time")));
  });
}

function interpret(lines: readonly string[]): ServerEvent | null {
  const values = { id: "", event: "message", data: [] as string[] };
  for (const line of lines) {
    const [, name, value = ""] = /^([^:]+)(?:: ?(.*))?$/.exec(line) ?? [];
    if (name === "data") values.data.push(value);
    else if (name === "id" || name === "event") values[name] = value;
  }
  return values.data.length === 0 ? null : { ...values, data: values.data.join("\n") };
}
