// The gateway that is attacked, in a process of its own: should it crash, that is told, and the next request finds another one.

import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

import type { ConfigFile } from "../../src/config/schema.ts";
import type { LogLine } from "../../test/helpers/gateway.ts";

/** What a process holds. */
export interface Holding {
  readonly megabytes: number;
  readonly descriptors: number;
}

/** What it tells, one of them at a time. */
interface Told {
  readonly port?: number;
  readonly line?: LogLine;
  readonly message?: LogLine;
}

interface Waiter {
  readonly resolve: (line: LogLine) => void;
  readonly reject: (crash: Error) => void;
}

const program = fileURLToPath(new URL("gate-program.ts", import.meta.url));
/** As much of what it said at last is told of a crash. */
const lastWords = 6_000;
/** For so long it may still come. */
const lastWordsMs = 200;

/** A gateway, and another one after each crash. */
export class Gate implements AsyncDisposable {
  readonly #config: ConfigFile;
  readonly #waiting = new Map<unknown, Waiter>();
  /** What it said of itself, at `error` and above, since somebody asked. */
  #messages: LogLine[] = [];
  #running: Promise<{ child: ChildProcess; port: number }> | null = null;

  constructor(config: ConfigFile) {
    this.#config = config;
  }

  /** Its port. Starts it if it does not run. */
  async port(): Promise<number> {
    this.#running ??= this.#start();
    return (await this.#running).port;
  }

  /** The access line of the request with this path, which nobody has made yet. Rejects if the gateway crashes before. */
  line(path: string): Promise<LogLine> {
    const line = new Promise<LogLine>((resolve, reject) => {
      this.#waiting.set(path, { resolve, reject });
    });
    line.catch(() => {}); // Whoever waits for the answer first is told of the crash then.
    return line;
  }

  /** Nobody waits for it any more. */
  forget(path: string): void {
    this.#waiting.delete(path);
  }

  /** Complaints of the gateway's own since the last time. */
  takeMessages(): LogLine[] {
    const messages = this.#messages;
    this.#messages = [];
    return messages;
  }

  /** What it holds now. Linux only; null elsewhere. */
  async holding(): Promise<Holding | null> {
    const pid = (await this.#running)?.child.pid ?? 0;
    try {
      const [, kilobytes = "0"] =
        /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
      const descriptors = readdirSync(`/proc/${pid}/fd`).length;
      return { megabytes: Math.round(Number(kilobytes) / 1024), descriptors };
    } catch {
      return null;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const running = await this.#running?.catch(() => null);
    if (running === null || running === undefined) return;
    const { child } = running;
    child.removeAllListeners("exit");
    const gone = once(child, "exit");
    child.kill("SIGKILL");
    await gone;
  }

  async #start(): Promise<{ child: ChildProcess; port: number }> {
    const child = fork(program, {
      execArgv: ["--import", "tsx"],
      stdio: ["ignore", "ignore", "pipe", "ipc"],
    });
    let said = "";
    child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      said = (said + text).slice(-lastWords);
    });
    const crashed = new Promise<never>((_, reject) => {
      // Not "close": what the loader has started may live a little longer, and hold the streams.
      child.on("exit", (code, signal) => {
        this.#running = null;
        setTimeout(() => {
          const crash = new Error(`the gateway crashed (${code ?? signal}): ${said}`);
          reject(crash);
          for (const waiter of this.#waiting.values()) waiter.reject(crash);
          this.#waiting.clear();
        }, lastWordsMs);
      });
    });
    crashed.catch(() => {});
    child.on("message", ({ line, message }: Told) => {
      if (message !== undefined) this.#messages.push(message);
      if (line === undefined) return;
      this.#waiting.get(line["path"])?.resolve(line);
      this.#waiting.delete(line["path"]);
    });
    const ready = new Promise<number>((resolve) => {
      child.on("message", ({ port }: Told) => {
        if (port !== undefined) resolve(port);
      });
    });
    child.send(this.#config);
    return { child, port: await Promise.race([ready, crashed]) };
  }
}
