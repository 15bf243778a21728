// The access log on stdout: JSON through pino's own buffered writer, or pretty for people.

import { destination } from "pino";
import pretty from "pino-pretty";

import type { LineWriter } from "./access-log.ts";

/** Lines are gathered up to this many bytes … */
const gatheredBytes = 32_768;
const writtenBytes = 65_536;
/** A reader that is slower than the log loses lines beyond these bytes; the gateway does not wait for it. */
const mostBytes = 16 * 1024 * 1024;
/** … or for this long, in milliseconds. */
const gatheredMs = 100;

/** Levels above which nothing of the access log is left: its lines are info and warn, rarely error. */
const silent: ReadonlySet<string> = new Set(["fatal", "silent"]);

/** What this needs of pino's writer, or of pino-pretty. */
interface Stream {
  write(line: string): unknown;
  flush?(): void;
  flushSync?(): void;
}

/** Takes lines and writes them in time. */
export class AccessLog implements LineWriter {
  readonly #stream: Stream;
  readonly #isSilent: boolean;
  readonly #isPretty: boolean;
  #timer: NodeJS.Timeout | null = null;

  private constructor(stream: Stream, isSilent: boolean, isPretty: boolean) {
    this.#stream = stream;
    this.#isPretty = isPretty;
    this.#isSilent = isSilent;
  }

  /** `format` is `json` or `pretty`. */
  static create(format: string, level: string): AccessLog {
    const stream =
      format === "pretty"
        ? pretty({
            sync: true,
            singleLine: true,
            ignore: "msg,method,host,path,status,zone,client,protocol,ray",
            messageFormat: "{method} {host}{path} {status}",
          })
        : destination({
            dest: 1,
            sync: false,
            minLength: gatheredBytes,
            maxWrite: writtenBytes,
            maxLength: mostBytes,
          });
    return new AccessLog(stream, silent.has(level), format === "pretty");
  }

  write(line: string): void {
    if (this.#isSilent) return;
    this.#stream.write(this.#isPretty ? withoutNulls(line) : line);
    this.#timer ??= setTimeout(() => {
      this.#timer = null;
      this.#stream.flush?.();
    }, gatheredMs);
  }

  /** Writes what is gathered, now. */
  close(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    try {
      this.#stream.flushSync?.();
    } catch {
      // Whoever read the lines has gone.
    }
  }
}

/** People need not read what did not happen. */
function withoutNulls(line: string): string {
  const fields = Object.entries(JSON.parse(line) as Record<string, unknown>);
  const told = fields.filter(
    ([, value]) => value !== null && value !== false && value !== 0 && value !== "",
  );
  return `${JSON.stringify(Object.fromEntries(told))}\n`;
}
