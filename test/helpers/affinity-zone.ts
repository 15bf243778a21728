// Zones with session affinity over origins that answer with their names, for tests of who stays where.

import type { ConfigFile, ZoneFile } from "../../src/config/schema.ts";
import { startGatewayOn, type TestGateway } from "./gateway.ts";
import { ok, startOrigin, type TestOrigin } from "./origin.ts";
import type { RawResponse } from "./raw-client.ts";

/** Origins that answer with their names; closed together. */
export async function startOrigins(count = 3): Promise<AsyncDisposable & { all: TestOrigin[] }> {
  const names = ["alpha", "beta", "gamma"].slice(0, count);
  const all = await Promise.all(
    names.map((name) => startOrigin((socket) => socket.write(ok(name)))),
  );
  return {
    all,
    [Symbol.asyncDispose]: async () => {
      await Promise.all(all.map((origin) => origin[Symbol.asyncDispose]()));
    },
  };
}

/** A zone in which each origin has its turn; `origins` may say more of each. */
export function startZone(
  { all }: { readonly all: readonly TestOrigin[] },
  affinity: ZoneFile["affinity"] = {},
  { listen, ...zone }: Partial<ZoneFile> & Pick<ConfigFile, "listen"> = {},
): Promise<TestGateway> {
  const origins = all.map(({ url }) => ({ address: url }));
  return startGatewayOn({
    ...(listen !== undefined && { listen }),
    trustedProxies: ["127.0.0.1/32"],
    zones: [
      {
        hosts: ["shop.test"],
        origins,
        steering: "round_robin",
        affinity: { by: "cookie", ...affinity },
        ...zone,
      },
    ],
  });
}

/** The edge's cookie in a response, as a client would send it; empty if it sets none. */
export function cookieOf({ headers }: RawResponse, name = "__cflb"): string {
  const set = headers.find(
    ([key, value]) => /^set-cookie$/i.test(key) && value.startsWith(`${name}=`),
  );
  return set?.[1].split(";", 1)[0] ?? "";
}

/** The name of the origin that answered. */
export function bodyOf({ body }: RawResponse): string {
  return body.toString();
}

/** Sends a request with this Cookie field. */
export function getWith(gateway: TestGateway, cookie: string, path = "/"): Promise<RawResponse> {
  return gateway.get(path, [["Cookie", cookie]]);
}
