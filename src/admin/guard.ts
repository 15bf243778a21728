// Who may speak to the admin server. It stands on loopback as a rule, where every page that a browser has open could try:
// by a name of its own that comes to mean 127.0.0.1 (DNS rebinding), or with a form or a script of another site (CSRF).

import type { IncomingHttpHeaders } from "node:http";
import { isIP } from "node:net";

import type { FastifyRequest } from "fastify";

import type { GatewayConfig } from "../config/gateway-config.ts";
import { isSameSecret } from "../same-secret.ts";
import { RequestProblem } from "./problem.ts";

/** Methods that change nothing; and DELETE, which no form can send, and no script of another site without asking. */
const formless: ReadonlySet<string> = new Set(["GET", "HEAD", "OPTIONS", "DELETE"]);

/** What monitoring asks for, from wherever it runs; with a token, by any name. */
const forMonitoring: ReadonlySet<string> = new Set(["/metrics", "/healthz", "/readyz"]);

/** Judges requests to the admin server. */
export class Guard {
  readonly #admin: GatewayConfig["admin"];

  constructor(admin: GatewayConfig["admin"]) {
    this.#admin = admin;
  }

  /** Why a request is refused; null if it is not. `isPublic`: what it asks for is the same for everybody. */
  judge(request: FastifyRequest, isPublic: boolean): RequestProblem | null {
    const { headers, method } = request;
    const path = request.url.split("?", 1)[0] ?? "";
    const { token } = this.#admin;
    if (
      token !== null &&
      !isPublic &&
      !isSameSecret(headers.authorization ?? "", `Bearer ${token}`)
    )
      return new RequestProblem(401, "a bearer token is required");
    const mayHaveAnyName = token !== null && forMonitoring.has(path);
    if (!mayHaveAnyName && !this.#isOwnName(headers.host ?? ""))
      return new RequestProblem(403, "the Host field names neither an address nor this host");
    if (!isOwnOrigin(headers))
      return new RequestProblem(403, "the Origin field names another site");
    const site = headers["sec-fetch-site"];
    if (path.startsWith("/api/") && (site === "cross-site" || site === "same-site"))
      return new RequestProblem(403, "another site asks (Sec-Fetch-Site)");
    if (!formless.has(method) && !isJson(headers["content-type"]))
      return new RequestProblem(415, "content-type must be application/json");
    return null;
  }

  /** A name that nobody else can make mean this host. */
  #isOwnName(hostField: string): boolean {
    const host = hostField
      .toLowerCase()
      .replace(/:\d{1,5}$/, "")
      .replace(/\.$/, "");
    const address = /^\[(.*)\]$/.exec(host)?.[1] ?? host;
    return (
      isIP(address) !== 0 ||
      host === "localhost" ||
      host.endsWith(".localhost") ||
      host === this.#admin.host.toLowerCase()
    );
  }
}

/** Browsers say where a request comes from; whatever else does not is no browser. */
function isOwnOrigin({ origin, host = "" }: IncomingHttpHeaders): boolean {
  return origin === undefined || origin.toLowerCase() === `http://${host.toLowerCase()}`;
}

function isJson(contentType: string | undefined): boolean {
  return /^application\/json\s*(?:;|$)/i.test(contentType ?? "");
}
