// route: which zone a request is for, or why it goes no further than the edge.

import type { Capacity } from "./capacity/capacity.ts";
import { edgeFailure, unknownHost } from "./classify/edge-failure.ts";
import type { OriginFailure } from "./classify/origin-failure.ts";
import { sslModes } from "./config/ssl-modes.ts";
import type { ExchangeContext } from "./exchange-context.ts";
import { overLimit } from "./identify/limits.ts";
import { mostLoops } from "./identify/loops.ts";
import type { Judge } from "./judge.ts";
import { isLingering } from "./listen/linger.ts";
import type { InForce } from "./reload/in-force.ts";
import { answerServerOptions } from "./render/server-options.ts";
import { redirectToHttp } from "./render/to-http.ts";
import { isReserved, Reserved } from "./reserved/reserved.ts";

/** What letting requests in takes. */
export interface AdmissionParts {
  readonly inForce: Pick<InForce, "edition">;
  readonly judge: Judge;
  readonly capacity: Capacity;
  /** Where plain HTTP is served, for those who are sent there. */
  readonly httpPort: () => number | null;
}

/** Lets requests in. */
export class Admission {
  readonly #inForce: Pick<InForce, "edition">;
  readonly #judge: Judge;
  readonly #capacity: Capacity;
  readonly #reserved: Reserved;
  readonly #httpPort: () => number | null;

  constructor({ inForce, judge, capacity, httpPort }: AdmissionParts) {
    this.#inForce = inForce;
    this.#judge = judge;
    this.#capacity = capacity;
    this.#reserved = new Reserved(inForce);
    this.#httpPort = httpPort;
  }

  /** Gives the request its zone: null if it may go to an origin, else why not, or that it has been answered. */
  admit(context: ExchangeContext): OriginFailure | "answered" | null {
    const { host, loops, refusal } = context;
    const { router, config } = this.#inForce.edition;
    if (isLingering(context.req.socket)) {
      context.isRecorded = true; // To nobody's knowledge: its connection has been told that it is over.
      return "answered";
    }
    context.zone = refusal?.reason === "bad_host" ? null : router.find(host);
    const fault =
      this.#capacity.enter(context) ??
      refusal ??
      overLimit(context, context.zone?.config.limits ?? config.limits);
    if (fault !== null) return fault;
    if (context.target === "*") {
      answerServerOptions(context);
      return "answered";
    }
    if (isReserved(context.target))
      return this.#reserved.answer(context, this.#judge.errorsOf(context)) ?? "answered";
    if (context.zone === null) return unknownHost(host);
    if (loops >= mostLoops) return edgeFailure("proxy_loop_detected", `it was here ${loops} times`);
    if (context.scheme === "https" && sslModes[context.zone.config.ssl].isHttpOnly) {
      redirectToHttp(context, this.#httpPort() ?? 0);
      return "answered";
    }
    return null;
  }
}
