// Origins in processes of their own, to be killed as a kernel kills: nobody says goodbye, and every connection is gone at once.

import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

const program = fileURLToPath(new URL("origin-program.mjs", import.meta.url));

/** What an origin does with requests; its checks are answered well while it listens. */
export type OriginState = "well" | "closes" | "fails" | "down";

/** One origin. It has the same port each time it is started. */
export class OriginProcess {
  readonly name: string;
  port = 0;
  #child: ChildProcess | null = null;

  private constructor(name: string) {
    this.name = name;
  }

  /** Starts an origin on a free port; resolves when it listens. */
  static async start(name: string): Promise<OriginProcess> {
    const origin = new OriginProcess(name);
    await origin.startAgain();
    return origin;
  }

  /** As a zone takes it. */
  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  get isRunning(): boolean {
    return this.#child !== null;
  }

  /** Kills it, without warning; resolves when it is gone. */
  async kill(): Promise<void> {
    const child = this.#child;
    this.#child = null;
    if (child === null) return;
    const gone = once(child, "exit");
    child.kill("SIGKILL");
    await gone;
  }

  /** Starts it after it was killed; resolves when it listens. */
  async startAgain(): Promise<void> {
    const child = fork(program, [this.name, ...(this.port === 0 ? [] : [String(this.port)])], {
      execArgv: [], // Not what this process was started with: loaders would only cost time.
    });
    this.#child = child;
    this.port = await reportOf(child);
  }

  /** Tells it what to do from now on; resolves when it does. */
  async become(state: OriginState): Promise<void> {
    if (this.#child === null) throw new Error(`origin ${this.name} is not running`);
    const told = reportOf(this.#child);
    this.#child.send(state);
    await told;
  }
}

/** Several of them, each by its name; they end together. */
export type OriginProcesses<Name extends string> = Readonly<Record<Name, OriginProcess>> &
  AsyncDisposable & { readonly all: readonly OriginProcess[] };

/** Starts origins of these names, at the same time. */
export async function startOrigins<Name extends string>(
  ...names: readonly Name[]
): Promise<OriginProcesses<Name>> {
  const all = await Promise.all(names.map((name) => OriginProcess.start(name)));
  const byName = Object.fromEntries(all.map((origin) => [origin.name, origin]));
  return {
    ...(byName as Record<Name, OriginProcess>),
    all,
    [Symbol.asyncDispose]: async () => {
      await Promise.all(all.map((origin) => origin.kill()));
    },
  };
}

/** Its next message, which names its port. */
async function reportOf(child: ChildProcess): Promise<number> {
  const ended = new AbortController();
  const { signal } = ended;
  try {
    const [{ port }] = (await Promise.race([
      once(child, "message", { signal }),
      once(child, "exit", { signal }).then(() => {
        throw new Error("the origin ended before it listened");
      }),
    ])) as [{ port: number }];
    return port;
  } finally {
    ended.abort();
  }
}
