// What the frames of an HTTP/2 response promise, read by the letter of RFC 9113, apart from the gateway and node:http2. It is sure of what
// is not whole; where the letter leaves a choice, or a section is packed in a way that this does not read, it says less.

import { flags, types } from "../../fixtures/http2-frames.ts";
import type { Promised } from "./http1-promise.ts";

const headLength = 9;
const largestFrame = 16_384;
const padded = 8;
const priority = 0x20;

interface Frame {
  readonly type: number;
  readonly flags: number;
  readonly id: number;
  readonly payload: Buffer;
}

type Fields = readonly (readonly [name: string, value: string])[];

/** Reads the response to a GET on stream `id`. Null if it is not whole, or is none. */
export function promisedByHttp2(bytes: Buffer, id: number): Promised | null {
  const response = new Response(id);
  for (let at = 0; ;) {
    if (at + headLength > bytes.length) return null;
    const length = bytes.readUIntBE(at, 3);
    const end = at + headLength + length;
    if (length > largestFrame || end > bytes.length) return null;
    const state = response.take({
      type: bytes.readUInt8(at + 3),
      flags: bytes.readUInt8(at + 4),
      id: bytes.readUInt32BE(at + 5) & 0x7fff_ffff,
      payload: bytes.subarray(at + headLength, end),
    });
    if (state === "broken") return null;
    if (state === "whole") return response.promised();
    at = end;
  }
}

type State = "broken" | "whole" | "goes on";

/** A response as far as it has come. */
class Response {
  readonly #id: number;
  #isSettled = false;
  /** A section that goes on in CONTINUATION. */
  #section: { readonly id: number; readonly hasEnd: boolean; block: Buffer } | null = null;
  #status: number | null = null;
  #length: string | null = null;
  #hasHead = false;
  /** A section was not read, and may have been anything. */
  #isVague = false;
  #content = "";

  constructor(id: number) {
    this.#id = id;
  }

  take(frame: Frame): State {
    if (!this.#isSettled && frame.type !== types.settings) return "broken"; // RFC 9113 §3.4
    this.#isSettled = true;
    if ((this.#section !== null) !== (frame.type === types.continuation)) return "broken"; // §6.10
    switch (frame.type) {
      case types.data:
        return this.#takeData(frame);
      case types.headers:
        return this.#takeHeaders(frame);
      case types.continuation:
        return this.#takeContinuation(frame);
      case types.reset:
        return frame.payload.length !== 4 || frame.id === 0 || frame.id === this.#id
          ? "broken"
          : "goes on";
      case types.settings:
        return frame.id !== 0 || frame.payload.length % 6 !== 0 ? "broken" : "goes on";
      case types.ping:
        return frame.id !== 0 || frame.payload.length !== 8 ? "broken" : "goes on";
      case types.goAway:
        return frame.id !== 0 || frame.payload.length < 8 ? "broken" : "goes on";
      case types.windowUpdate:
        return frame.payload.length === 4 ? "goes on" : "broken";
      case types.pushPromise:
        return "broken"; // §8.4: it was forbidden.
      default:
        return "goes on";
    }
  }

  promised(): Promised | null {
    const { content } = { content: this.#content };
    if (this.#isVague) return { status: null, content };
    if (this.#status === 204 || this.#status === 304) return { status: this.#status, content: "" };
    const isRight = this.#length === null || Number(this.#length) === content.length;
    return isRight ? { status: this.#status, content } : null;
  }

  #takeData({ id, flags: flag, payload }: Frame): State {
    if (id === 0) return "broken";
    const content = withoutPadding(payload, flag);
    if (content === null) return "broken";
    if (id !== this.#id) return "goes on";
    if (!this.#hasHead && !this.#isVague) return "broken";
    this.#content += content.toString("latin1");
    return (flag & flags.endStream) === 0 ? "goes on" : "whole";
  }

  #takeHeaders({ id, flags: flag, payload }: Frame): State {
    if (id === 0) return "broken";
    const rest = withoutPadding(payload, flag);
    const weight = (flag & priority) === 0 ? 0 : 5;
    if (rest === null || rest.length < weight) return "broken";
    this.#section = {
      id,
      hasEnd: (flag & flags.endStream) !== 0,
      block: Buffer.from(rest.subarray(weight)),
    };
    return this.#endSection(flag);
  }

  #takeContinuation({ id, flags: flag, payload }: Frame): State {
    if (this.#section?.id !== id) return "broken";
    this.#section.block = Buffer.concat([this.#section.block, payload]);
    return this.#endSection(flag);
  }

  #endSection(flag: number): State {
    const section = this.#section;
    if (section === null || (flag & flags.endHeaders) === 0) return "goes on";
    this.#section = null;
    if (section.id !== this.#id) return "goes on";
    const fields = fieldsOf(section.block);
    if (fields === null) this.#isVague = true;
    else if (!this.#takeFields(fields, section.hasEnd)) return "broken";
    return section.hasEnd ? "whole" : "goes on";
  }

  /** False for a malformed section. @see RFC 9113 §8.1 to §8.3 */
  #takeFields(fields: Fields, hasEnd: boolean): boolean {
    const statuses = fields.filter(([name]) => name === ":status");
    const isHead = !this.#hasHead;
    if (fields.some(([name], at) => name.startsWith(":") && (name !== ":status" || at > 0))) {
      if (!this.#isVague) return false;
    }
    if (fields.some(([name]) => /[A-Z]/.test(name) || forbidden.has(name))) return false;
    if (this.#isVague) return true; // What came before may have been the head, or not.
    if (!isHead) return hasEnd && statuses.length === 0;
    const [, status = ""] = statuses[0] ?? [];
    if (statuses.length !== 1 || !/^[1-5]\d\d$/.test(status) || status === "101") return false;
    if (status.startsWith("1")) return !hasEnd;
    this.#hasHead = true;
    this.#status = Number(status);
    const lengths = fields.filter(([name]) => name === "content-length").map(([, value]) => value);
    this.#length = lengths[0] ?? null;
    return lengths.every((length) => /^\d+$/.test(length) && length === lengths[0]);
  }
}

/** Fields of a connection. @see RFC 9113 §8.2.2 */
const forbidden: ReadonlySet<string> = new Set([
  "connection",
  "transfer-encoding",
  "keep-alive",
  "upgrade",
  "proxy-connection",
]);

function withoutPadding(payload: Buffer, flag: number): Buffer | null {
  if ((flag & padded) === 0) return payload;
  const length = payload[0];
  if (length === undefined || length >= payload.length) return null;
  return payload.subarray(1, payload.length - length);
}

/** The fields of a block, if all are literals that enter no table and are not compressed; else null. */
function fieldsOf(block: Buffer): Fields | null {
  const fields: [string, string][] = [];
  for (let at = 0; at < block.length;) {
    if (block[at] !== 0) return null;
    const name = textAt(block, at + 1);
    const value = name === null ? null : textAt(block, name.end);
    if (name === null || value === null) return null;
    fields.push([name.text, value.text]);
    at = value.end;
  }
  return fields;
}

/** @see RFC 7541 §5.1, §5.2 */
function textAt(block: Buffer, start: number): { text: string; end: number } | null {
  let length = block[start] ?? 0xff;
  if (length > 127) return null;
  let at = start + 1;
  if (length === 127) {
    for (let factor = 1; ; factor *= 128) {
      const next = block[at];
      if (next === undefined || factor > 128 ** 3) return null;
      at += 1;
      length += (next & 127) * factor;
      if (next < 128) break;
    }
  }
  const end = at + length;
  return end > block.length ? null : { text: block.toString("latin1", at, end), end };
}
