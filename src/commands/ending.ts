// How a command that serves ends: /readyz says so first, then nothing new is taken on, what is under way ends, and the log is written.
// A second signal ends it at once.

import { setTimeout } from "node:timers";
import { setTimeout as pause } from "node:timers/promises";

import closeWithGrace from "close-with-grace";
import type { Logger } from "pino";

import type { Shutdown } from "../config/schema.ts";
import type { Gateway } from "../gateway.ts";

/** How long everything may take besides what is configured, in milliseconds: the last answers, the admin port, the log. */
const besidesMs = 3_000;

/** What ends, in this order, once the gateway has. */
export interface EndingParts {
  readonly gateway: Pick<Gateway, "close" | "config">;
  readonly messages: Logger;
  /** Has `/readyz` say that the gateway takes no requests. */
  readonly onBegin: () => void;
  /** Closed before the gateway, and after it. */
  readonly before: readonly Closable[];
  readonly after: readonly Closable[];
}

interface Closable {
  close(): Promise<void>;
}

/** Ends the process well when it is told to. SIGHUP is not for that: it reloads. */
export function endWell({ gateway, messages, onBegin, before, after }: EndingParts): void {
  const logger = { error: (error: unknown) => messages.fatal(error as Error) };
  const onSecondSignal = (signal: string): void =>
    messages.warn({ signal }, "told to end a second time: everything is cut off");
  // Without a delay, since the deadline is ours: it may have been reloaded by then.
  closeWithGrace({ delay: false, skip: ["SIGHUP"], logger, onSecondSignal }, async ({ err }) => {
    onBegin();
    const { shutdown } = gateway.config;
    if (err) messages.fatal(err);
    endAtLast(shutdown, messages);
    await closeEach(before);
    if (!err) await pause(shutdown.delayMs);
    await gateway.close(shutdown.graceMs);
    await closeEach(after);
  });
}

async function closeEach(parts: readonly Closable[]): Promise<void> {
  for (const part of parts) await part.close(); // oxlint-disable-line no-await-in-loop -- In order.
}

/** Whatever hangs, the process ends. */
function endAtLast({ delayMs, graceMs }: Shutdown, messages: Logger): void {
  const end = (): void => {
    messages.fatal("ending took too long: what is left is cut off");
    process.exit(1);
  };
  setTimeout(end, delayMs + graceMs + besidesMs).unref();
}
