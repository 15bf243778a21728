// What the client of a failed exchange got, written anew from what is kept of it.

import type { KeptExchange, KeptFailure } from "../record/kept-exchange.ts";
import type { Answer } from "../render/answer.ts";
import type { Asker } from "../render/asker.ts";
import { grpcTrailers, isGrpc } from "../render/grpc.ts";
import { answerTo, compose } from "../render/respond.ts";
import { storyOf } from "./exchange-views.ts";

/** A page and its media type; or, in a sentence, why there was none. */
export type Page = { readonly type: string; readonly body: Uint8Array } | { readonly why: string };

/** The page of an exchange. A gRPC call had none: then it is its trailers, as text. */
export function pageOf(kept: KeptExchange): Page {
  const { failure } = kept;
  if (failure === null)
    return { why: "there is no page: the edge did not answer with an error of its own" };
  if (kept.status === 0) return { why: "there is no page: the client got no answer" };
  if (failure.responseStarted)
    return { why: "there is no page: the head of the origin's response had left" };
  const story = storyOf(kept);
  const answer = answerTo(story, failure, failure.told);
  const asker = askerOf(kept, failure);
  if (isGrpc(asker)) return { type: "text/plain; charset=utf-8", body: trailersOf(answer) };
  const { fields, body } = compose(asker, answer, { fields: [], story });
  return { type: fields[fields.indexOf("content-type") + 1] ?? "text/plain", body };
}

function askerOf({ ray, client }: KeptExchange, { asked, zoneConfig }: KeptFailure): Asker {
  return {
    ray,
    clientAddress: client,
    zone: zoneConfig === null ? null : { config: zoneConfig },
    req: asked,
  };
}

function trailersOf(answer: Answer): Buffer {
  return Buffer.from(
    grpcTrailers(answer)
      .map(([name, value]) => `${name}: ${value}\n`)
      .join(""),
  );
}
