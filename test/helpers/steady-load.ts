// Clients that do not wait for one another: so many requests a second, on schedule, whatever becomes of those before.

import { Agent, type IncomingMessage, request } from "node:http";

/** How often is looked which requests are due, in milliseconds. */
const tickMs = 5;
/** As much of an answer's content is kept. */
const keptBytes = 16_384;

/** A request to send. */
export interface Shot {
  readonly method: string;
  readonly path: string;
  /** Bytes of content; 0 sends none. */
  readonly bodyBytes?: number;
  /** Milliseconds between the first half of the content and the second; 0 sends all at once. */
  readonly uploadMs?: number;
}

/** How a request ended: answered to the last byte, cut off after the head, without any answer, or not at all. */
export type Ending = "whole" | "cut" | "failed" | "hung";

/** What became of a request. */
export interface Answer extends Shot {
  /** Its place in the order of sending, from 0. */
  readonly number: number;
  /** Milliseconds since the epoch. */
  readonly sentAt: number;
  tookMs: number;
  ending: Ending;
  /** 0 if there was no head. */
  status: number;
  ray: string;
  /** The name by which the origin calls itself; empty if another answered. */
  origin: string;
  /** Bytes of content that the origin got of this request. */
  received: number;
  /** The beginning of the content. */
  content: string;
  /** What the client's own side says of it. */
  error: string;
}

/** Where to send how many requests, and which. */
export interface LoadOptions {
  readonly port: number;
  readonly host: string;
  readonly perSecond: number;
  /** The request with this number. */
  readonly shot: (number: number) => Shot;
  /** Milliseconds after which a request that has not ended is given up. */
  readonly longestMs?: number;
}

/** Load that goes on until it is ended. */
export class SteadyLoad implements AsyncDisposable {
  /** Of requests that have ended, in the order in which they did. */
  readonly answers: Answer[] = [];
  readonly #options: LoadOptions;
  readonly #agent = new Agent({ keepAlive: true, scheduling: "fifo" });
  readonly #startedAt = performance.now();
  readonly #timer: NodeJS.Timeout;
  readonly #underWay = new Set<Promise<void>>();
  #sent = 0;

  constructor(options: LoadOptions) {
    this.#options = options;
    this.#timer = setInterval(() => this.#sendDue(), tickMs);
  }

  /** Answers to requests that were sent after this moment, in milliseconds since the epoch, and before that one. */
  between(from: number, to = Number.POSITIVE_INFINITY): readonly Answer[] {
    return this.answers.filter(({ sentAt }) => sentAt >= from && sentAt < to);
  }

  /** Sends no more; resolves with every answer when those under way have ended. */
  async end(): Promise<readonly Answer[]> {
    clearInterval(this.#timer);
    await Promise.all(this.#underWay);
    this.#agent.destroy();
    return this.answers;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.end();
  }

  #sendDue(): void {
    const elapsedMs = performance.now() - this.#startedAt;
    const due = Math.floor((elapsedMs / 1_000) * this.#options.perSecond);
    while (this.#sent < due) {
      const ended = this.#send(this.#sent).finally(() => this.#underWay.delete(ended));
      this.#underWay.add(ended);
      this.#sent += 1;
    }
  }

  /** Never rejects: whatever comes of it is an answer. */
  #send(number: number): Promise<void> {
    const { shot, longestMs = 20_000 } = this.#options;
    const answer = newAnswer(number, shot(number));
    const begunAt = performance.now();
    return new Promise((resolve) => {
      const settle = (ending: Ending, error = ""): void => {
        if (answer.tookMs > 0) return;
        clearTimeout(deadline);
        Object.assign(answer, { ending, error, tookMs: performance.now() - begunAt });
        this.answers.push(answer);
        resolve();
      };
      const req = this.#open(answer);
      const deadline = setTimeout(() => {
        settle("hung", `nothing more in ${longestMs} ms`);
        req.destroy();
      }, longestMs);
      req.on("error", (error) => settle(answer.status > 0 ? "cut" : "failed", error.message));
      req.on("response", (res) => read(res, answer, settle));
    });
  }

  #open({ method, path, bodyBytes = 0, uploadMs = 0 }: Shot): ReturnType<typeof request> {
    const { port, host } = this.#options;
    const headers = {
      host,
      accept: "application/json",
      ...(bodyBytes > 0 && { "content-length": bodyBytes }),
    };
    // An address: of a name with two, Node gives up one that does not answer in 250 ms.
    const req = request({ host: "127.0.0.1", port, method, path, agent: this.#agent, headers });
    if (uploadMs === 0) return req.end(Buffer.alloc(bodyBytes));
    const half = Math.floor(bodyBytes / 2);
    req.write(Buffer.alloc(half));
    setTimeout(() => req.end(Buffer.alloc(bodyBytes - half)), uploadMs);
    return req;
  }
}

function newAnswer(number: number, shot: Shot): Answer {
  return {
    ...shot,
    number,
    sentAt: Date.now(),
    tookMs: 0,
    ending: "failed",
    status: 0,
    ray: "",
    origin: "",
    received: 0,
    content: "",
    error: "",
  };
}

function read(
  res: IncomingMessage,
  answer: Answer,
  settle: (ending: Ending, error?: string) => void,
): void {
  answer.status = res.statusCode ?? 0;
  answer.ray = String(res.headers["cf-ray"] ?? "");
  answer.origin = String(res.headers["x-origin"] ?? "");
  answer.received = Number(res.headers["x-received"] ?? 0);
  res.setEncoding("latin1").on("data", (text: string) => {
    if (answer.content.length < keptBytes) answer.content += text;
  });
  res.on("error", (error) => settle("cut", error.message));
  res.on("close", () => settle(res.complete ? "whole" : "cut"));
}
