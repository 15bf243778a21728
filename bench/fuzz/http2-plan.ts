// Responses of HTTP/2 as frames: valid ones, and then damaged, in their structure and byte by byte.

import * as fc from "fast-check";

import { flags, frame, settingIds, settings, types, words } from "../../fixtures/http2-frames.ts";
import { type Head, head, heads } from "./http2-fields.ts";
import { type Damage, damaged, damagesOf, type Delivery, delivery, placeholder } from "./plan.ts";

/** Whose a frame is: the request's, the connection's, or that of a stream which nobody has opened, or somebody else. */
type Owner = "own" | "connection" | "even" | "idle" | "earlier" | "next";

/** A frame before its stream is known. */
interface FramePlan {
  readonly type: number;
  readonly flags: number;
  readonly of: Owner;
  /** Latin-1, with the placeholder for the marker. */
  readonly payload: string;
  /** Added to what is said of the length. */
  readonly lie: number;
}

/** What an origin of HTTP/2 does with one request. */
export interface Http2Plan extends Delivery {
  readonly greeting: Greeting;
  readonly frames: readonly FramePlan[];
  readonly damages: readonly Damage[];
  readonly isGood: boolean;
}

/** What is sent first, if the connection is new. */
type Greeting = "settings" | "nothing" | "other" | "settings with limits";

/** Nobody but nghttp2 knows these. */
const padded = 8;
const priority = 0x20;

const bytesOf: Readonly<Record<Greeting, Buffer>> = {
  settings: Buffer.concat([settings(), frame(types.settings, flags.ack, 0)]),
  nothing: Buffer.alloc(0),
  other: Buffer.from("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n"),
  "settings with limits": Buffer.concat([
    settings([settingIds.maxConcurrentStreams, 1], [settingIds.initialWindowSize, 0]),
    frame(types.settings, flags.ack, 0),
  ]),
};

/** Whether others on the same connection are safe from it: what is damaged byte by byte may well be theirs. */
export function isForCompany({ damages, frames, greeting }: Http2Plan): boolean {
  const isOthers = frames.some((one) => one.of === "earlier" || one.of === "next");
  return damages.length === 0 && !isOthers && greeting === "settings";
}

/** The bytes of a plan on this stream. */
export function renderHttp2(
  { greeting, frames, damages }: Http2Plan,
  { id, marker, isFirst }: { id: number; marker: string; isFirst: boolean },
): Buffer {
  const streams = { own: id, connection: 0, even: id + 1, idle: id + 1_000, earlier: Math.max(id - 2, 1), next: id + 2 }; // prettier-ignore
  const parts = frames.map(({ type, flags: flag, of, payload, lie }) => {
    const bytes = Buffer.from(payload.replaceAll(placeholder, marker), "latin1");
    const whole = frame(type, flag, streams[of], bytes);
    whole.writeUIntBE(Math.max(0, bytes.length + lie), 0, 3);
    return whole;
  });
  const all = Buffer.concat(isFirst ? [bytesOf[greeting], ...parts] : parts);
  return Buffer.from(damaged(all.toString("latin1"), damages), "latin1");
}

/** A response as its parts, before anything is done to it. */
interface Parts {
  readonly interim: boolean;
  readonly head: Head;
  readonly content: string;
  /** Bytes to a DATA frame. */
  readonly size: number;
  /** Bytes of padding in each frame that may have some; null has none, not even an empty one. */
  readonly padding: number | null;
  readonly hasPriority: boolean;
  /** Frames for a field section. */
  readonly sectionFrames: number;
  readonly end: "content" | "empty" | "trailers";
  /** The content's length is announced, and so much more than there is. */
  readonly announced: number | null;
}

const content = fc
  .tuple(fc.nat({ max: 400 }), fc.constantFrom("x", "\0", "\x00\x00\x04\x08"))
  .map(
    ([length, filling]) => `${placeholder}${filling.repeat(length / filling.length)}${placeholder}`,
  );

const partsWith = (some: fc.Arbitrary<Head>, announced: fc.Arbitrary<number | null>) =>
  fc.record({
    interim: fc.boolean(),
    head: some,
    content,
    size: fc.integer({ min: 1, max: 200 }),
    padding: fc.constantFrom(null, null, 0, 7, 200),
    hasPriority: fc.boolean(),
    sectionFrames: fc.integer({ min: 1, max: 4 }),
    end: fc.constantFrom("content" as const, "empty" as const, "trailers" as const),
    announced,
  });

function framesOf(parts: Parts): FramePlan[] {
  const { head: some, content: whole, size, end, announced } = parts;
  const length: Head =
    announced === null ? [] : [["content-length", `${whole.length + announced}`]];
  const frames = parts.interim ? section(parts, [[":status", "103"], ["link", "</a>"]], 0) : []; // prettier-ignore
  frames.push(...section(parts, [...some, ...length], 0));
  for (let from = 0; from < whole.length; from += size) {
    const isLast = from + size >= whole.length && end === "content";
    const flag = isLast ? flags.endStream : flags.none;
    frames.push(paddedFrame(parts, types.data, flag, whole.slice(from, from + size)));
  }
  if (end === "empty") frames.push(own(types.data, flags.endStream, ""));
  if (end === "trailers") frames.push(...section(parts, [["x-sum", "1"]], flags.endStream));
  return frames;
}

/** HEADERS, and CONTINUATION for the rest. */
function section(parts: Parts, fields: Head, flag: number): FramePlan[] {
  const block = head(fields);
  const size = Math.ceil(block.length / parts.sectionFrames);
  const pieces = Array.from({ length: parts.sectionFrames }, (_, index) =>
    block.slice(index * size, (index + 1) * size),
  );
  return pieces.map((piece, index) => {
    const isLast = index === pieces.length - 1;
    const more = isLast ? flags.endHeaders : flags.none;
    if (index > 0) return own(types.continuation, more, piece);
    return paddedFrame(parts, types.headers, flag | more, piece);
  });
}

function paddedFrame(parts: Parts, type: number, flag: number, payload: string): FramePlan {
  const { padding, hasPriority } = parts;
  const isWeighed = hasPriority && type === types.headers;
  const weighed = isWeighed ? `\0\0\0\0\x10${payload}` : payload;
  const more = flag | (isWeighed ? priority : 0);
  if (padding === null) return own(type, more, weighed);
  return own(type, more | padded, String.fromCharCode(padding) + weighed + "\0".repeat(padding));
}

function own(type: number, flag: number, payload: string): FramePlan {
  return { type, flags: flag, of: "own", payload, lie: 0 };
}

const text = (...numbers: number[]): string => words(...numbers).toString("latin1");
const place = fc.nat({ max: 12 });
/** Without HTTP_1_1_REQUIRED, after which the gateway rightly asks in HTTP/1.1 for a while. */
const errorCode = fc.nat({ max: 12 });
const owner = fc.constantFrom<Owner>("own", "connection", "even", "idle", "earlier", "next");

/** Frames that may come at any time, whether they should or not. */
const stray: fc.Arbitrary<FramePlan> = fc.oneof(
  fc.record({
    type: fc.constantFrom<number>(...Object.values(types), 2, 10, 99),
    flags: fc.constantFrom(0, 1, 4, 5, padded, 0xff),
    of: owner,
    payload: fc.constantFrom("", "\0", text(0), text(1), text(0x7fff_ffff), text(1, 0), text(0, 0, 0), "x".repeat(20_000)),
    lie: fc.constant(0),
  }),
  errorCode.map((code) => own(types.reset, 0, text(code))),
  fc
    .tuple(fc.constantFrom(0, 1, 0x7fff_ffff), errorCode)
    .map(([last, code]): FramePlan => ({ ...own(types.goAway, 0, `${text(last, code)}bye`), of: "connection" })),
  fc
    .tuple(fc.constantFrom(1, 2, 3, 4, 5, 6, 99), fc.constantFrom(0, 1, 100, 0x7fff_ffff, 0xffff_ffff))
    .map(([id, value]): FramePlan => ({ ...own(types.settings, 0, `\0${String.fromCharCode(id)}${text(value)}`), of: "connection" })),
  heads.map((some) => own(types.headers, flags.endHeaders, head(some))),
  heads.map((some) => own(types.headers, flags.endHeaders | flags.endStream, head(some))),
); // prettier-ignore

type Fault = (frames: readonly FramePlan[]) => readonly FramePlan[];

/** Each makes one thing of a list of frames wrong. */
const faults: fc.Arbitrary<Fault> = fc.oneof(
  place.map((at) => (frames: readonly FramePlan[]) => frames.toSpliced(at % frames.length, 1)),
  place.map((at) => (frames: readonly FramePlan[]) => {
    return frames.toSpliced(at % frames.length, 0, ...frames.slice(at % frames.length).slice(0, 1));
  }),
  fc.tuple(place, place).map(([from, to]) => (frames: readonly FramePlan[]) => {
    const moved = frames.slice(from % frames.length).slice(0, 1);
    return frames.toSpliced(from % frames.length, 1).toSpliced(to % frames.length, 0, ...moved);
  }),
  fc.tuple(place, owner).map(([at, of]) => changed(at, () => ({ of }))),
  fc.tuple(place, fc.constantFrom(1, 4, padded, priority, 0x40)).map(([at, bit]) => {
    return changed(at, (one) => ({ flags: one.flags ^ bit }));
  }),
  fc
    .tuple(place, fc.constantFrom(-300, -2, -1, 1, 2, 9, 300, 20_000))
    .map(([at, lie]) => changed(at, () => ({ lie }))),
  fc.tuple(place, stray).map(([at, one]) => (frames: readonly FramePlan[]) => {
    return frames.toSpliced(at % (frames.length + 1), 0, one);
  }),
); // prettier-ignore

function changed(at: number, change: (one: FramePlan) => Partial<FramePlan>): Fault {
  return (frames) =>
    frames.map((one, index) => (index === at % frames.length ? { ...one, ...change(one) } : one));
}

const goodHead = fc
  .constantFrom("200", "200", "404", "500", "206")
  .map((status): Head => [[":status", status], ["content-type", "text/plain"]]); // prettier-ignore
const rightLength = fc.constantFrom(null, 0);
const anyLength = fc.oneof(rightLength, fc.integer({ min: -20, max: 20 }));

/** A response as it should be. */
const good: fc.Arbitrary<Http2Plan> = fc
  .tuple(partsWith(goodHead, rightLength), delivery)
  .map(([parts, sent]) => ({
    ...sent,
    ending: "stays",
    greeting: "settings",
    frames: framesOf(parts),
    damages: [],
    isGood: true,
  }));

/** One that is not. */
const bad: fc.Arbitrary<Http2Plan> = fc
  .record({
    parts: partsWith(fc.oneof(goodHead, heads), anyLength),
    wrong: fc.array(faults, { maxLength: 3 }),
    damages: fc.oneof(fc.constant([]), damagesOf(["\0", "\xff", "\0\0\0", placeholder])),
    greeting: fc.oneof(
      { weight: 10, arbitrary: fc.constant("settings" as const) },
      fc.constantFrom<Greeting>("nothing", "other", "settings with limits"),
    ),
    sent: delivery,
  })
  .map(({ parts, wrong, damages, greeting, sent }) => ({
    ...sent,
    greeting,
    frames: wrong.reduce<readonly FramePlan[]>((sofar, fault) => fault(sofar), framesOf(parts)),
    damages,
    isGood: false,
  }));

/** Some responses at the same time, good ones among the bad. */
export const http2Plans: fc.Arbitrary<Http2Plan[]> = fc.array(
  fc.oneof({ weight: 3, arbitrary: bad }, { weight: 1, arbitrary: good }),
  { minLength: 1, maxLength: 6 },
);
