// What is below /cdn-cgi/ on every host: pages of the edge's own, never an origin's. Between route and pick on the line.

import { methodFailure, requestFailure } from "../classify/classify-request.ts";
import type { OriginFailure } from "../classify/origin-failure.ts";
import type { ErrorSettings } from "../config/gateway-config.ts";
import type { ExchangeContext } from "../exchange-context.ts";
import { isInsider } from "../identify/insider.ts";
import type { InForce } from "../reload/in-force.ts";
import { errorListPage } from "../render/error-list.ts";
import { respond, writePage } from "../render/respond.ts";
import { newInstanceId, tracePage } from "../render/trace.ts";
import { previewOf } from "./preview.ts";

const prefix = "/cdn-cgi/";
const previews = `${prefix}error/`;

/** Whether a request target belongs to the edge. As it stands: `//cdn-cgi/` or `/CDN-CGI/` are paths like any other. */
export function isReserved(target: string): boolean {
  return target.startsWith(prefix);
}

/** The edge's own pages. */
export class Reserved {
  readonly #inForce: Pick<InForce, "edition">;
  readonly #instance = newInstanceId();

  constructor(inForce: Pick<InForce, "edition">) {
    this.#inForce = inForce;
  }

  /** Answers a request for one of them, or says why there is none. `errors` are those of the request's zone. */
  answer(context: ExchangeContext, errors: ErrorSettings): OriginFailure | null {
    const { req, target } = context;
    if (req.method !== "GET" && req.method !== "HEAD")
      return methodFailure("the edge's own pages are only read", "GET, HEAD");
    const question = target.indexOf("?");
    const path = question < 0 ? target : target.slice(0, question);
    const query = question < 0 ? "" : target.slice(question + 1);

    if (path === `${prefix}trace`) {
      writePage(context, tracePage(context, this.#inForce.edition.config.colo, this.#instance));
    } else if (path === previews || `${path}/` === previews) {
      writePage(context, errorListPage(context));
    } else if (path.startsWith(previews)) {
      return this.#preview(context, errors, { code: path.slice(previews.length), query });
    } else {
      return requestFailure("not_found", "there is no such page below /cdn-cgi/");
    }
    return null;
  }

  #preview(
    context: ExchangeContext,
    errors: ErrorSettings,
    { code, query }: { code: string; query: string },
  ): OriginFailure | null {
    const asked = new URLSearchParams(query);
    const pages = asked.get("pages") ?? (isInsider(context, errors) ? "verbose" : errors.pages);
    if (pages !== "verbose" && pages !== "sanitized")
      return requestFailure("not_found", "pages are verbose or sanitized, nothing else");
    const { profiles: known } = this.#inForce.edition;
    const profiles = [errors.profile, ...known.keys()].flatMap((name) => known.get(name) ?? []);
    const preview = previewOf(context, profiles, code, asked.get("failure"));
    if ("missing" in preview) return requestFailure("not_found", preview.missing);
    const { code: told, failure, story } = preview;
    respond(context, failure, { told, detailed: told, isVerbose: pages === "verbose" }, story);
    return null;
  }
}
