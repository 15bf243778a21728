// An app that streams a model's answer as server-sent events. The answer is made once, whoever listens: a client that was cut off
// names the last event that it has, and gets the rest.

import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { setTimeout } from "node:timers/promises";

/** What the model and the app are like. */
export interface AppOptions {
  readonly words: readonly string[];
  /** How long the model thinks before its first word, and from one word to the next. */
  readonly thinkMs: number;
  readonly wordMs: number;
  /** Sends the head at once, and a comment so often while there is nothing else; null waits for the first word. */
  readonly heartbeatMs: number | null;
}

/** An answer that is being made. */
interface Answer {
  readonly words: string[];
  isWhole: boolean;
}

/** Makes the app's server; it does not listen yet. `GET /answers/<id>` is the stream of an answer. */
export function createApp(options: AppOptions): Server {
  const answers = new Map<string, Answer>();
  return createServer((req, res) => {
    const id = req.url ?? "";
    const answer = answers.get(id) ?? { words: [], isWhole: false };
    if (!answers.has(id)) void think(answer, options);
    answers.set(id, answer);
    void stream(req, res, answer, options);
  });
}

async function think(answer: Answer, { words, thinkMs, wordMs }: AppOptions): Promise<void> {
  await setTimeout(thinkMs);
  for (const word of words) {
    answer.words.push(word);
    await setTimeout(wordMs);
  }
  answer.isWhole = true;
}

async function stream(
  req: IncomingMessage,
  res: ServerResponse,
  answer: Answer,
  { heartbeatMs }: AppOptions,
): Promise<void> {
  const head = { "content-type": "text/event-stream", "cache-control": "no-store" };
  let sent = Number(req.headers["last-event-id"] ?? 0);
  let heartbeat: NodeJS.Timeout | undefined;
  if (heartbeatMs !== null) {
    res.writeHead(200, head).flushHeaders();
    heartbeat = setInterval(() => res.write(":\n\n"), heartbeatMs); // A comment, which readers skip.
  }
  while (!res.destroyed) {
    for (const word of answer.words.slice(sent)) {
      if (!res.headersSent) res.writeHead(200, head);
      sent += 1;
      res.write(`id: ${sent}\ndata: ${word}\n\n`);
    }
    if (answer.isWhole && sent >= answer.words.length) break;
    await setTimeout(tickMs);
  }
  clearInterval(heartbeat);
  res.end("event: done\ndata:\n\n");
}

/** How often the app looks for a new word. */
const tickMs = 5;
