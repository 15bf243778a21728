// Reads server-sent events with fetch: an EventSource cannot send a token. @see WHATWG HTML §9.2.6

/** One event, with its data still as text. */
export interface ServerEvent {
  readonly name: string;
  readonly data: string;
}

/** No event is longer; what goes on for more is not one of ours. */
const longestEvent = 1_000_000;

/** The events of a response, until it ends. Throws as its body does when the connection breaks. */
export async function* eventsOf(response: Response): AsyncGenerator<ServerEvent, void, void> {
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  if (reader === undefined) return;
  let rest = "";
  for (;;) {
    // oxlint-disable-next-line no-await-in-loop -- One piece comes after another.
    const { done, value } = await reader.read();
    if (done) return;
    const blocks = (rest + value).split("\n\n");
    rest = (blocks.pop() ?? "").slice(0, longestEvent);
    for (const block of blocks) {
      const event = parse(block);
      if (event !== null) yield event;
    }
  }
}

function parse(block: string): ServerEvent | null {
  let name = "message";
  const data: string[] = [];
  for (const line of block.split("\n")) {
    const [, field, value = ""] = /^(event|data): ?(.*)$/s.exec(line) ?? [];
    if (field === "event") name = value;
    else if (field === "data") data.push(value);
  }
  return data.length === 0 ? null : { name, data: data.join("\n") };
}
