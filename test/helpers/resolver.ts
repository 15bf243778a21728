// A resolver for tests of what becomes of answers: it gives every name the same addresses, which may change.

import { createSocket } from "node:dgram";
import { once } from "node:events";

import { decode, encode } from "dns-packet";

/** A running resolver. */
export interface TestResolver extends AsyncDisposable {
  /** As `dns.servers` takes it. */
  readonly address: string;
  /** Every question so far: type and name. */
  readonly asked: string[];
  /** What it answers from now on; none is an answer without addresses. */
  addresses: readonly string[];
  /** It answers nothing at all. */
  isSilent: boolean;
}

/** Starts one that gives 127.0.0.1 for so long, so many milliseconds after it was asked. */
export async function startResolver(ttlSeconds: number, delayMs = 0): Promise<TestResolver> {
  const server = createSocket("udp4");
  server.on("message", (message, { port }) => {
    const { id = 0, questions = [] } = decode(message);
    const [question] = questions;
    if (question === undefined) return;
    resolver.asked.push(`${question.type} ${question.name}`);
    if (resolver.isSilent) return;
    const answers = resolver.addresses.map((data) => ({
      type: "A" as const,
      name: question.name,
      ttl: ttlSeconds,
      data,
    }));
    const reply = encode({
      type: "response",
      id,
      flags: 0x8180,
      questions,
      answers: question.type === "A" ? answers : [],
    });
    setTimeout(() => server.send(reply, port), delayMs);
  });
  server.bind(0, "127.0.0.1");
  await once(server, "listening");
  const resolver: TestResolver = {
    address: `127.0.0.1:${server.address().port}`,
    asked: [],
    addresses: ["127.0.0.1"],
    isSilent: false,
    async [Symbol.asyncDispose]() {
      server.close();
      await once(server, "close");
    },
  };
  return resolver;
}
