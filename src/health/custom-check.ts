// A check of the owner's own: a module that exports one async function, called in a thread of its own, so that whatever it does,
// it neither blocks nor breaks the gateway. The contract is in docs/health-checks.md.

import { once } from "node:events";
import { clearTimeout, setTimeout } from "node:timers";
import { pathToFileURL } from "node:url";
import { Worker } from "node:worker_threads";

import type { CustomCheckReason } from "../../edge-codes/check-findings.ts";
import type { MonitorConfig } from "../config/gateway-config.ts";
import type { Target } from "../connect/target.ts";
import { shorten } from "../plain-text.ts";
import type { Trouble } from "../pick/standing.ts";

/** What the function is called with, besides `signal`, which aborts when its time is over. */
export interface CustomCheckContext {
  /** The origin's label. */
  readonly origin: string;
  /** As a URL's host: `10.0.0.1:8080`, or the path of a Unix socket. */
  readonly address: string;
  readonly host: string;
  readonly port: number;
  readonly scheme: "http" | "https";
  readonly timeoutMs: number;
}

/** What the thread answers. */
interface Said {
  readonly isHealthy: boolean;
  readonly reason: CustomCheckReason | null;
  readonly detail: string;
}

/** A module may say much; this much of it is kept. */
const longestDetail = 500;
/** A thread that computes without end is stopped this long after its time. In milliseconds. */
const graceMs = 50;
/** Memory of one thread, in megabytes: enough for a client library, too little to starve the gateway. */
const mostMegabytes = 128;

/** The thread's program. A text, because it runs as it is wherever the gateway runs: from its sources, or built. */
const program = `
const { parentPort, workerData } = require("node:worker_threads");
const loaded = import(workerData).then(
  ({ default: check }) => {
    if (typeof check !== "function") throw new TypeError("the module has no function as its default export");
    return check;
  },
);
loaded.catch(() => {});
const text = (value) => (value instanceof Error ? value.message : String(value));
parentPort.on("message", async (context) => {
  const say = (isHealthy, reason, detail) => parentPort.postMessage({ isHealthy, reason, detail });
  let check;
  try {
    check = await loaded;
  } catch (error) {
    return say(false, "not_loaded", text(error));
  }
  try {
    const result = await check({ ...context, signal: AbortSignal.timeout(context.timeoutMs) });
    const { healthy = true, detail = "" } = result !== null && typeof result === "object" ? result : { healthy: result };
    if (healthy === true) return say(true, null, "");
    return say(false, "unhealthy", text(detail) || "the module says that the origin is not healthy");
  } catch (error) {
    return say(false, "threw", text(error));
  }
});
`;

/** One origin's own check, and the thread that it has while it behaves. */
export class CustomCheck {
  readonly #file: string;
  #worker: Worker | null = null;

  constructor(file: string) {
    this.#file = file;
  }

  /** Calls the module once. Never rejects; a thread that did not answer in time is ended. */
  async check(target: Target, { timeoutMs }: MonitorConfig): Promise<Trouble | null> {
    const worker = this.#thread();
    const ended = new AbortController();
    const timer = setTimeout(() => ended.abort(), timeoutMs + graceMs);
    try {
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- Of windows; a thread has no origin.
      worker.postMessage(contextOf(target, timeoutMs));
      const [said] = (await Promise.race([
        once(worker, "message", { signal: ended.signal }),
        once(worker, "exit", { signal: ended.signal }).then(() => [exited]),
      ])) as [Said];
      return said.isHealthy ? null : trouble(said.reason ?? "unhealthy", said.detail);
    } catch (error) {
      this.close();
      if (ended.signal.aborted)
        return trouble("timeout", `the module did not answer in ${timeoutMs} ms`);
      return trouble("threw", error instanceof Error ? error.message : String(error));
    } finally {
      clearTimeout(timer);
      ended.abort();
    }
  }

  /** Ends the thread. */
  close(): void {
    void this.#worker?.terminate();
    this.#worker = null;
  }

  #thread(): Worker {
    if (this.#worker !== null) return this.#worker;
    const worker = new Worker(program, {
      eval: true,
      workerData: pathToFileURL(this.#file).href,
      // What the gateway was started with is none of the module's business: loaders and inspectors least of all.
      execArgv: [],
      resourceLimits: { maxOldGenerationSizeMb: mostMegabytes },
      stdout: true, // Not the gateway's: there the access log goes.
    });
    worker.stdout.on("data", (text: Buffer) => process.stderr.write(text));
    worker.unref();
    worker.on("error", () => {}); // Whoever waits hears of it.
    worker.once("exit", () => {
      if (this.#worker === worker) this.#worker = null;
    });
    this.#worker = worker;
    return worker;
  }
}

const exited: Said = { isHealthy: false, reason: "threw", detail: "the module ended its thread" };

function trouble(reason: CustomCheckReason, detail: string): Trouble {
  return { type: "custom_check_failed", reason, detail: shorten(detail, longestDetail) };
}

function contextOf(target: Target, timeoutMs: number): CustomCheckContext {
  const { label, port, socketPath, tls } = target;
  const host = target.address ?? target.host;
  return {
    origin: label,
    address: socketPath ?? `${host.includes(":") ? `[${host}]` : host}:${port}`,
    host,
    port,
    scheme: tls === null ? "http" : "https",
    timeoutMs,
  };
}
