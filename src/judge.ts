// What becomes of a failure: map, by the settings in force, and everything that is to be remembered of it.

import type { Logger } from "pino";

import type { OriginFailure } from "./classify/origin-failure.ts";
import type { ErrorSettings } from "./config/gateway-config.ts";
import type { ExchangeContext } from "./exchange-context.ts";
import { isInsider } from "./identify/insider.ts";
import { codesFor, type Told } from "./map/codes-for.ts";
import type { InForce } from "./reload/in-force.ts";

/** Gives failures their codes. */
export class Judge {
  readonly #inForce: Pick<InForce, "edition">;
  readonly #messages: Logger;

  constructor(inForce: Pick<InForce, "edition">, messages: Logger) {
    this.#inForce = inForce;
    this.#messages = messages;
  }

  /** The settings for a request: its zone's, or the gateway's where it has none. */
  errorsOf({ zone }: ExchangeContext): ErrorSettings {
    return (zone ?? this.#inForce.edition).errors;
  }

  /** Writes failure and code into the context; what it returns is for the client. */
  judge(context: ExchangeContext, failure: OriginFailure): Told {
    const told = this.settle(context, failure);
    // Nothing explains it: our own fault until shown otherwise, so the whole cause is told.
    if (failure.type === "proxy_internal_error") {
      this.#messages.error({ err: failure.cause, ray: context.ray }, failure.detail);
    }
    return told;
  }

  /** The same for a failure whose cause has been told already. */
  settle(context: ExchangeContext, failure: OriginFailure): Told {
    // A zone that has retired brings its own profiles: the one that it names may be gone from the others.
    const { errors, profiles } = context.zone ?? this.#inForce.edition;
    const told = codesFor(failure, errors, profiles, isInsider(context, errors));
    context.failure = failure;
    context.code = told.detailed;
    context.told = told;
    context.answeredAt = Date.now();
    // The client's doing, or ours: whichever origin was asked had no part in it.
    if (failure.type === "http_request_error" || failure.type === "proxy_internal_response")
      context.origin = context.originIp = "";
    return told;
  }
}
