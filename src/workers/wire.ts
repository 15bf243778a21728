// Between the primary process and a worker, in both directions: calls that have an answer, and words that have none, over the channel
// that Node keeps between them. What is sent arrives in its order, or not at all.

/** Hands a message over; `done` hears when it has left this process, or why it has not. */
export type Send = (message: unknown, done: (error: Error | null) => void) => void;

type Calls = object;
type Names<T extends Calls> = keyof T & string;
type Args<T, K extends keyof T> = T[K] extends (...args: infer A) => unknown ? A : never;
type Answer<T, K extends keyof T> = T[K] extends (...args: never[]) => infer R ? Awaited<R> : never;

/** A call, or a word if nobody waits for its answer. */
interface Question {
  readonly name: string;
  readonly args: readonly unknown[];
  readonly id: number | null;
}

interface Reply {
  readonly answers: number;
  readonly value: unknown;
  /** What went wrong; null if nothing did. */
  readonly error: string | null;
}

interface Waiting {
  readonly resolve: (value: never) => void;
  readonly reject: (error: Error) => void;
}

/** One end. `Theirs` is what the other end does when it is called, `Mine` what this one does. */
export class Wire<Theirs extends Calls, Mine extends Calls> {
  readonly #send: Send;
  readonly #mine: Mine;
  readonly #waiting = new Map<number, Waiting>();
  #nextId = 1;
  #isClosed = false;

  constructor(send: Send, mine: Mine) {
    this.#send = send;
    this.#mine = mine;
  }

  /** Calls the other end. Rejects if that fails there, or if the other end goes before it has answered. */
  call<K extends Names<Theirs>>(name: K, ...args: Args<Theirs, K>): Promise<Answer<Theirs, K>> {
    return new Promise((resolve, reject) => {
      if (this.#isClosed) return reject(new Error("the other process has ended"));
      const id = this.#nextId;
      this.#nextId += 1;
      this.#waiting.set(id, { resolve, reject });
      this.#send({ name, args, id } satisfies Question, (error) => {
        if (error !== null && this.#waiting.delete(id)) reject(error);
      });
    });
  }

  /** Tells the other end. Resolves with whether it has left this process. */
  tell<K extends Names<Theirs>>(name: K, ...args: Args<Theirs, K>): Promise<boolean> {
    return new Promise((resolve) => {
      if (this.#isClosed) return resolve(false);
      this.#send({ name, args, id: null } satisfies Question, (error) => resolve(error === null));
    });
  }

  /** Takes a message from the other end. */
  receive(message: Question | Reply): void {
    if ("name" in message) return void this.#answer(message);
    const waiting = this.#waiting.get(message.answers);
    this.#waiting.delete(message.answers);
    if (message.error === null) waiting?.resolve(message.value as never);
    else waiting?.reject(new Error(message.error));
  }

  /** The other end has gone: nothing will be answered any more. */
  close(): void {
    this.#isClosed = true;
    for (const { reject } of this.#waiting.values())
      reject(new Error("the other process has ended"));
    this.#waiting.clear();
  }

  async #answer({ name, args, id }: Question): Promise<void> {
    const reply = (value: unknown, error: string | null): void => {
      if (id !== null && !this.#isClosed)
        this.#send({ answers: id, value, error } satisfies Reply, () => {});
    };
    try {
      const mine = this.#mine as Record<string, (...given: readonly unknown[]) => unknown>;
      reply(await mine[name]?.(...args), null);
    } catch (error) {
      if (id === null) throw error; // Nobody waits for it: a defect.
      reply(null, error instanceof Error ? error.message : String(error));
    }
  }
}
