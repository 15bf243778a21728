// The access log on stdout: lines are gathered, written one batch after the other, and lost rather than waited for.
//
// Neither a blocking write nor a thread waits for a pipe: a reader that does not read would stop the gateway, or keep it from ending.

import { fstatSync, write as writeFile } from "node:fs";
import { Socket } from "node:net";
import { clearTimeout, setTimeout } from "node:timers";

import type { Logger } from "pino";

import type { LineCounts, LineWriter } from "./access-lines.ts";

/** Lines are gathered up to this many characters … */
const gatheredLength = 32_768;
/** … or for this long, in milliseconds. */
const gatheredMs = 100;
/** What waits for a slow reader has no more bytes than this; lines beyond are lost. */
const mostBytes = 16 * 1024 * 1024;
/** A terminal that cannot take more just now is asked again after this long, in milliseconds. */
const busyMs = 50;
/** How often it is said that lines were lost, in milliseconds. */
const lossMs = 1_000;
/** For how long the last lines may take to leave when the gateway ends, in milliseconds. */
const closingMs = 1_000;

/** Takes bytes to their place, one batch at a time, and says when they are there. */
type Outlet = (bytes: Buffer, done: (error: Error | null) => void) => void;

/** Lines that leave together. */
interface Batch {
  readonly bytes: Buffer;
  readonly lines: number;
}

/** Takes lines, and writes them in time. */
export class AccessLog implements LineWriter {
  readonly counts: LineCounts = { written: 0, dropped: 0 };
  readonly #outlet: Outlet;
  readonly #messages: Logger;
  readonly #waiting: Batch[] = [];
  #waitingBytes = 0;
  #gathered = "";
  #gatheredLines = 0;
  #timer: NodeJS.Timeout | null = null;
  #isWriting = false;
  #onEmpty: (() => void) | null = null;
  /** Lines lost since that was said last, and why. */
  #lost = 0;
  #why = "";
  #lossTimer: NodeJS.Timeout | null = null;

  /** `fd` is where lines go; `messages` hears how many were lost. */
  constructor(messages: Logger, fd = 1) {
    this.#messages = messages;
    this.#outlet = outletTo(fd);
  }

  write(line: string): void {
    this.writeAll(line, 1);
  }

  /** Takes so many lines at once. */
  writeAll(text: string, lines: number): void {
    if (this.#waitingBytes + this.#gathered.length + text.length > mostBytes)
      return this.lose(lines, "whoever reads them is too slow");
    this.#gathered += text;
    this.#gatheredLines += lines;
    if (this.#gathered.length >= gatheredLength) this.#handOver();
    else this.#timer ??= setTimeout(() => this.#handOver(), gatheredMs);
  }

  /** Resolves when every line has left, or will not leave any more. */
  async close(): Promise<void> {
    this.#handOver();
    if (this.#isWriting) {
      await new Promise<void>((resolve) => {
        const deadline = setTimeout(resolve, closingMs);
        this.#onEmpty = () => {
          clearTimeout(deadline);
          resolve();
        };
      });
    }
    const left = this.#waiting.reduce((sum, { lines }) => sum + lines, 0);
    if (left > 0) this.lose(left, "the gateway ended before they were read");
    this.#tellLoss();
  }

  /** Lines have been lost, here or before they came here. */
  lose(lines: number, why: string): void {
    this.counts.dropped += lines;
    this.#lost += lines;
    this.#why = why;
    this.#lossTimer ??= setTimeout(() => this.#tellLoss(), lossMs).unref();
  }

  #handOver(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    if (this.#gatheredLines === 0) return;
    const bytes = Buffer.from(this.#gathered);
    this.#waiting.push({ bytes, lines: this.#gatheredLines });
    this.#waitingBytes += bytes.length;
    this.#gathered = "";
    this.#gatheredLines = 0;
    if (!this.#isWriting) this.#writeNext();
  }

  /** A batch stays the first of those that wait until it has left. */
  #writeNext(): void {
    const [batch] = this.#waiting;
    this.#isWriting = batch !== undefined;
    if (batch === undefined) {
      this.#onEmpty?.();
      return;
    }
    const { bytes, lines } = batch;
    this.#outlet(bytes, (error) => {
      this.#waiting.shift();
      this.#waitingBytes -= bytes.length;
      if (error === null) this.counts.written += lines;
      else this.lose(lines, `they could not be written: ${error.message}`);
      this.#writeNext();
    });
  }

  #tellLoss(): void {
    if (this.#lossTimer !== null) clearTimeout(this.#lossTimer);
    this.#lossTimer = null;
    if (this.#lost === 0) return;
    this.#messages.warn({ lines: this.#lost }, `access lines were lost: ${this.#why}`);
    this.#lost = 0;
  }
}

/** Pipes and sockets are waited for by the event loop, as they should be; files and terminals by a thread. */
function outletTo(fd: number): Outlet {
  const stat = fstatSync(fd);
  return stat.isFIFO() || stat.isSocket() ? pipeOutlet(fd) : fileOutlet(fd);
}

function pipeOutlet(fd: number): Outlet {
  const pipe = new Socket({ fd, readable: false, writable: true });
  pipe.on("error", () => {}); // Each write hears of it, too.
  pipe.unref();
  return (bytes, done) => {
    pipe.write(bytes, (error) => done(pipe.errored ?? error ?? null));
  };
}

function fileOutlet(fd: number): Outlet {
  const put: Outlet = (bytes, done) => {
    writeFile(fd, bytes, (error, count) => {
      if (error?.code === "EAGAIN") setTimeout(() => put(bytes, done), busyMs);
      else if (error !== null || count === bytes.length) done(error);
      else put(bytes.subarray(count), done);
    });
  };
  return put;
}
