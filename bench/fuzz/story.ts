// Everything that the reader of HTTP/1.1 responses tells of some bytes, so that it can be compared.

import type { RawHead } from "../../src/exchange/read-head.ts";
import { ResponseReader } from "../../src/exchange/response-reader.ts";

/** Bytes of a section's fields that the reader allows. */
export const sectionLimit = 16_384;

/** What was told, content joined. */
export interface Story {
  readonly heads: readonly RawHead[];
  readonly content: string;
  readonly trailers: readonly string[];
  /** Nothing came behind the response's end. */
  readonly isClean: boolean;
  /** `complete`, or the code of a fault; `waits` if more has to come. */
  readonly ending: string;
  /** The same if the connection ends then; `closed` for an end too early. */
  readonly atEnd: string;
}

/** Has a reader read. Throws if it tells what it must not: an empty piece, or anything behind an end. */
export function storyOf(pieces: readonly Buffer[], isHeadOnly = false): Story {
  const heads: RawHead[] = [];
  const content: string[] = [];
  const story = {
    heads,
    content: "",
    trailers: [] as readonly string[],
    isClean: true,
    ending: "waits",
    atEnd: "",
  };
  const notYetOver = (): void => {
    if (story.ending !== "waits") throw new Error("a reader tells more than an end");
  };
  const reader = new ResponseReader(
    {
      onHead: (head) => {
        notYetOver();
        heads.push(head);
      },
      onData: (piece) => {
        notYetOver();
        if (piece.length === 0) throw new Error("a reader tells of no bytes");
        content.push(piece.toString("latin1"));
      },
      onComplete: (trailers, isClean) => {
        notYetOver();
        Object.assign(story, { trailers, isClean, ending: "complete" });
      },
      onFault: ({ code }) => {
        notYetOver();
        story.ending = code;
      },
    },
    sectionLimit,
  );
  reader.expect(isHeadOnly);
  for (const piece of pieces) if (!reader.read(piece)) story.isClean = false;
  const { ending } = story;
  const isEnd = reader.end();
  return {
    ...story,
    content: content.join(""),
    ending,
    atEnd: ending === "waits" && !isEnd ? "closed" : story.ending,
  };
}
