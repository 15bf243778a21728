// Every process that a run starts, and that all of them end with it.

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

import type { Launch } from "./peer.ts";

/** How long a program may take to end by itself, in milliseconds. */
const endMs = 5_000;
/** So much of what a program says is kept, in characters. */
const mostSaid = 4_000;

/** A program that runs. */
export interface Child extends AsyncDisposable {
  readonly pid: number;
  readonly hasEnded: boolean;
  /** The last of what it said on stderr. */
  readonly said: string;
  /** What it wrote to stdout, where that is kept, once it has ended. */
  readonly output: Promise<string>;
}

/** How to start one. */
export interface ChildOptions {
  /** File that takes stdout; without it stdout is kept. */
  readonly stdoutFile?: string;
  readonly env?: NodeJS.ProcessEnv;
}

/** All that a run has started. */
export class Children implements AsyncDisposable {
  readonly #running = new Set<OwnChild>();
  #isOver = false;

  /** Throws when the run is over. */
  start(launch: Launch, options: ChildOptions = {}): Child {
    if (this.#isOver) throw new Error("the run is over");
    const child = new OwnChild(launch, options);
    this.#running.add(child);
    void child.ended.then(() => this.#running.delete(child));
    return child;
  }

  /** Ends what runs, and lets nothing start any more. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#isOver = true;
    await Promise.all([...this.#running].map((child) => child[Symbol.asyncDispose]()));
  }
}

class OwnChild implements Child {
  readonly #process: ChildProcess;
  readonly output: Promise<string>;
  readonly ended: Promise<void>;
  said = "";

  constructor({ program, args }: Launch, { stdoutFile, env = {} }: ChildOptions) {
    const file = stdoutFile === undefined ? null : openSync(stdoutFile, "w");
    this.#process = spawn(program, args, {
      env: { ...process.env, ...env },
      stdio: ["ignore", file ?? "pipe", "pipe"],
    });
    if (file !== null) closeSync(file);
    this.#process.stderr?.setEncoding("utf8").on("data", (text: string) => {
      this.said = (this.said + text).slice(-mostSaid);
    });
    let output = "";
    this.#process.stdout?.setEncoding("utf8").on("data", (text: string) => {
      output += text;
    });
    // A program that is not there has `error` in place of `exit`.
    this.ended = once(this.#process, "close").then(
      () => {},
      (error: unknown) => {
        this.said += String(error);
      },
    );
    this.output = this.ended.then(() => output);
  }

  get pid(): number {
    return this.#process.pid ?? -1;
  }

  get hasEnded(): boolean {
    const { exitCode, signalCode, pid } = this.#process;
    return exitCode !== null || signalCode !== null || pid === undefined;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.hasEnded) this.#process.kill("SIGTERM");
    const late = new AbortController();
    await Promise.race([this.ended, sleep(endMs, null, { signal: late.signal }).catch(() => {})]);
    late.abort();
    if (!this.hasEnded) this.#process.kill("SIGKILL");
    await this.ended;
  }
}
