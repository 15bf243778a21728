// A program in a process of its own, to be killed as a kernel kills, and started again where it was.

import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";

/** One of them. It names its port in its first message, and has the same one each time it is started. */
export class KillableProcess {
  readonly name: string;
  port = 0;
  readonly #program: string;
  readonly #args: readonly string[];
  #child: ChildProcess | null = null;

  /** The program gets its name, its port (0 for any) and these arguments. */
  constructor(name: string, program: string, args: readonly string[] = []) {
    this.name = name;
    this.#program = program;
    this.#args = args;
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

  /** Has it stand still, with all that it has begun, until it is killed. */
  freeze(): void {
    this.#child?.kill("SIGSTOP");
  }

  /** Starts it after it was killed; resolves when it listens. */
  async startAgain(): Promise<void> {
    const child = fork(this.#program, [this.name, String(this.port), ...this.#args], {
      execArgv: [], // Not what this process was started with: loaders would only cost time.
    });
    this.#child = child;
    this.port = await reportOf(child);
  }

  /** Sends it a message; resolves when it has answered. */
  async tell(message: string): Promise<void> {
    if (this.#child === null) throw new Error(`${this.name} is not running`);
    const told = reportOf(this.#child);
    this.#child.send(message);
    await told;
  }
}

/** Its next message, which names its port. */
async function reportOf(child: ChildProcess): Promise<number> {
  const ended = new AbortController();
  const { signal } = ended;
  try {
    const [{ port }] = (await Promise.race([
      once(child, "message", { signal }),
      once(child, "exit", { signal }).then(() => {
        throw new Error("it ended before it listened");
      }),
    ])) as [{ port: number }];
    return port;
  } finally {
    ended.abort();
  }
}
