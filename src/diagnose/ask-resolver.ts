// One question to one resolver, with all that it answers: c-ares tells of addresses only. UDP, and TCP for what does not fit.

import { randomInt } from "node:crypto";
import { createSocket } from "node:dgram";
import { connect, isIP } from "node:net";
import { clearTimeout, setTimeout } from "node:timers";

import { decode, encode, type Packet, streamEncode } from "dns-packet";

import { codeOf } from "../connect/phase-error.ts";

/** A record of an answer. */
export interface ResolverRecord {
  readonly type: "A" | "AAAA" | "CNAME";
  readonly name: string;
  readonly value: string;
  readonly ttl: number;
}

/** What came of a question. */
export interface ResolverAnswer {
  /** NOERROR, NXDOMAIN …, or why there was none. */
  readonly answer: string;
  readonly records: readonly ResolverRecord[];
  readonly ms: number;
}

/** The bit that asks for recursion. @see RFC 1035 §4.1.1 */
const recursionDesired = 0x100;
const usualPort = 53;
const longestMessage = 65_535;
const lengthBytes = 2;
const shown: ReadonlySet<string> = new Set(["A", "AAAA", "CNAME"]);

/** Asks a resolver, `address`, `address:port` or `[address]:port`. Never rejects. */
export async function askResolver(
  resolver: string,
  question: { readonly name: string; readonly type: "A" | "AAAA" },
  deadlineMs: number,
): Promise<ResolverAnswer> {
  const startedAt = performance.now();
  const place = placeOf(resolver);
  const id = randomInt(longestMessage);
  const query: Packet = { type: "query", id, flags: recursionDesired, questions: [question] };
  const isAnswer = (packet: Packet): boolean => packet.id === id && packet.type === "response";
  try {
    let packet = await overUdp(place, encode(query), { deadlineMs, isAnswer });
    if ((packet as { flag_tc?: boolean }).flag_tc === true)
      packet = await overTcp(place, streamEncode(query), { deadlineMs, isAnswer });
    const { rcode = "NOERROR" } = packet as { rcode?: string };
    return { answer: rcode, records: recordsOf(packet), ms: performance.now() - startedAt };
  } catch (error) {
    const answer = codeOf(error) || (error instanceof Error ? error.message : String(error));
    return { answer, records: [], ms: performance.now() - startedAt };
  }
}

/** Where a resolver is. */
export interface ResolverPlace {
  readonly host: string;
  readonly port: number;
}

interface Waiting {
  readonly deadlineMs: number;
  readonly isAnswer: (packet: Packet) => boolean;
}

const noAnswer = "no answer";
const malformed = "malformed";

function overUdp(
  { host, port }: ResolverPlace,
  query: Buffer,
  { deadlineMs, isAnswer }: Waiting,
): Promise<Packet> {
  return new Promise((resolve, reject) => {
    const socket = createSocket(host.includes(":") ? "udp6" : "udp4");
    let isOver = false;
    const end = (settle: () => void): void => {
      if (isOver) return;
      isOver = true;
      clearTimeout(deadline);
      socket.close();
      settle();
    };
    const deadline = setTimeout(() => end(() => reject(new Error(noAnswer))), deadlineMs);
    socket.on("error", (error) => end(() => reject(error)));
    socket.on("message", (message) => {
      const packet = tryDecode(message);
      // Nobody but the resolver is heard: what cannot be read is its answer.
      if (packet === null) end(() => reject(new Error(malformed)));
      else if (isAnswer(packet)) end(() => resolve(packet));
    });
    // Connected, so that a closed port is told of.
    socket.connect(port, host, () => socket.send(query));
  });
}

function overTcp(
  place: ResolverPlace,
  query: Buffer,
  { deadlineMs, isAnswer }: Waiting,
): Promise<Packet> {
  return new Promise((resolve, reject) => {
    const socket = connect(place);
    let received = Buffer.alloc(0);
    const end = (settle: () => void): void => {
      clearTimeout(deadline);
      socket.destroy();
      settle();
    };
    const deadline = setTimeout(
      () => end(() => reject(new Error(`${noAnswer} over TCP`))),
      deadlineMs,
    );
    socket.on("error", (error) => end(() => reject(error)));
    socket.on("close", () => end(() => reject(new Error("closed over TCP"))));
    socket.on("data", (bytes: Buffer) => {
      received = Buffer.concat([received, bytes]);
      if (received.length < lengthBytes) return;
      const whole = lengthBytes + received.readUInt16BE(0);
      if (received.length < whole) return;
      const packet = tryDecode(received.subarray(lengthBytes, whole));
      if (packet !== null && isAnswer(packet)) end(() => resolve(packet));
      else end(() => reject(new Error(malformed)));
    });
    socket.end(query);
  });
}

/** The library throws on messages that are none. */
function tryDecode(message: Buffer): Packet | null {
  try {
    return decode(message);
  } catch {
    return null;
  }
}

function recordsOf({ answers = [] }: Packet): ResolverRecord[] {
  return answers.flatMap((answer) => {
    const {
      type,
      name,
      data,
      ttl = 0,
    } = answer as {
      type: string;
      name: string;
      data: unknown;
      ttl?: number;
    };
    return shown.has(type) && typeof data === "string"
      ? [{ type: type as ResolverRecord["type"], name, value: data, ttl }]
      : [];
  });
}

/** Address and port of a resolver, as node:dns writes them: an IPv6 address has brackets where it has a port. */
export function placeOf(resolver: string): ResolverPlace {
  if (isIP(resolver) !== 0) return { host: resolver, port: usualPort };
  const [, bracketed, plain = resolver, port = usualPort] =
    /^(?:\[(.*)\]|([^:]*))(?::(\d+))?$/.exec(resolver) ?? [];
  return { host: bracketed ?? plain, port: Number(port) };
}
