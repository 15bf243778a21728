// No sockets: the reader by itself, on each response as a whole, cut as planned, and cut behind each byte. It has to tell the same, what the
// letter of RFC 9112 says, and what Node's parser does.

import { isDeepStrictEqual } from "node:util";

import { ExchangeError } from "../../src/classify/exchange-error.ts";
import { responseHead } from "../../src/exchange/response-head.ts";
import { Figures } from "./figures.ts";
import { type Http1Plan, http1Plans } from "./http1-plan.ts";
import { type Promised, promisedByHttp1 } from "./http1-promise.ts";
import { askNode, isMeantToDiffer } from "./node-parser.ts";
import { newMarker, piecesOf, placeholder } from "./plan.ts";
import type { Scenario } from "./scenario.ts";
import { type Story, storyOf } from "./story.ts";

/** Longer bytes are not cut everywhere: a section is looked at anew with each piece that comes of it. */
const mostPieces = 4_000;

/** Starts nothing. */
export function startReaderScenario(): Scenario<Http1Plan> {
  const figures = new Figures();
  return {
    figures,
    plans: http1Plans,
    lanes: 1,
    async run(plans) {
      for (const plan of plans) {
        // oxlint-disable-next-line no-await-in-loop -- Nothing waits for anything.
        await runOne(plan, figures);
      }
    },
    async [Symbol.asyncDispose]() {},
  };
}

async function runOne({ text, cuts, isGood, ending }: Http1Plan, figures: Figures): Promise<void> {
  const bytes = text.replaceAll(placeholder, newMarker());
  const startedAt = performance.now();
  const story = checkedStory(Buffer.from(bytes, "latin1"), cuts);
  // The letter's own reader passes over extensions of chunks; ours wants them to be some.
  const traits = { isGood, hasExtension: !isGood && bytes.includes(";") };
  checkAgainstLetter(story, promisedByHttp1(bytes, "stays"), traits);
  const closed = { ...story, ending: story.atEnd };
  checkAgainstLetter(closed, promisedByHttp1(bytes, "ends"), traits);
  if (!isMeantToDiffer(bytes)) await checkAgainstNode(bytes, story);
  figures.compared += 1;
  if (isGood) figures.good += 1;
  else figures.judged((ending === "stays" ? story : closed).ending, performance.now() - startedAt);
}

/** The same story, however the bytes are cut. */
function checkedStory(bytes: Buffer, cuts: readonly number[]): Story {
  const whole = storyOf([bytes]);
  const everywhere = bytes.length > mostPieces ? [] : Array.from(bytes, (byte) => Buffer.of(byte));
  for (const pieces of [piecesOf(bytes, cuts), everywhere]) {
    if (pieces.length < 2) continue;
    const cut = storyOf(pieces);
    if (isDeepStrictEqual(cut, whole)) continue;
    throw new Error(`cut in pieces the same bytes are ${toText(cut)}, and else ${toText(whole)}`);
  }
  return whole;
}

/** What the letter says is whole is whole, and nothing else is. */
function checkAgainstLetter(
  story: Story,
  promised: Promised | null,
  { isGood, hasExtension }: { isGood: boolean; hasExtension: boolean },
): void {
  const { status = 0, ...head } = story.heads.at(-1) ?? {};
  const ending = story.ending === "complete" ? (refusalOf(story) ?? "complete") : story.ending;
  if (isGood && promised === null) throw new Error("the letter refuses what is good");
  if (promised === null && ending === "complete")
    throw new Error(`what is not whole was taken for ${toText(story)}`);
  if (promised === null || isLimit(ending) || (ending === "BAD_CHUNK" && hasExtension)) return;
  if (ending !== "complete" || status !== promised.status || story.content !== promised.content)
    throw new Error(
      `${toText(promised)} was taken for ${toText(story)} (${ending}, ${toText(head)})`,
    );
}

/** What the head would be refused for once it is read. */
function refusalOf({ heads }: Story): string | null {
  const head = heads.at(-1);
  if (head === undefined) return null;
  const settings = { server: null, ownCookie: null };
  const checked = responseHead(head, { mayChunk: true, settings });
  return checked instanceof ExchangeError ? checked.code : null;
}

function isLimit(ending: string): boolean {
  return ending === "HEADER_OVERFLOW";
}

/** Node takes and refuses the same. Of content before a refusal it may tell or not. */
async function checkAgainstNode(bytes: string, story: Story): Promise<void> {
  // Of what is not whole, the one may say sooner than the other that it is bad.
  if (story.ending === "waits" || !story.isClean || isLimit(story.ending)) return;
  if (story.heads.some(({ status }) => status === 101)) return;
  const nodes = await askNode(bytes);
  const isRefused = story.ending !== "complete";
  if (isRefused && !nodes.isRefused && !nodes.isWhole) return; // It waits for more, since the bytes end there.
  const isSame =
    nodes.isRefused === isRefused &&
    (isRefused || (nodes.isWhole && nodes.content === story.content));
  if (!isSame) throw new Error(`Node takes for ${toText(nodes)} what we take for ${toText(story)}`);
}

function toText(value: unknown): string {
  return JSON.stringify(value).slice(0, 600);
}
