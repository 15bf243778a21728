// A gateway that speaks HTTP/2 with whoever comes, an origin behind it, and one raw client that means no good.

import type { ConfigFile } from "../../src/config/schema.ts";
import { startGatewayOn, type TestGateway, waitFor } from "./gateway.ts";
import { ok, startOrigin, type TestOrigin } from "./origin.ts";
import { RawHttp2 } from "./raw-http2.ts";
import { makeSecureListener } from "./secure-listener.ts";

/** All of it. The origin answers at once, but `/slow` never. */
export interface Http2Siege extends AsyncDisposable {
  readonly gateway: TestGateway;
  readonly origin: TestOrigin;
  readonly client: RawHttp2;
  /** Another client's request, over a connection of its own: its status. */
  serveOther(): Promise<number>;
  /** Waits until the gateway has ended the client's connection, and no request of it is left at the origin. */
  isOver(): Promise<void>;
}

const longMs = 30_000;

/** Starts it. `firstSettings` are the client's. */
export async function startHttp2Siege(
  config: Partial<ConfigFile> = {},
  firstSettings: ConstructorParameters<typeof RawHttp2>[1] = [],
): Promise<Http2Siege> {
  const secure = await makeSecureListener("shop.test");
  const origin = await startOrigin((socket, head) => {
    if (!/^\w+ \/slow/.test(head)) socket.write(ok());
  });
  const gateway = await startGatewayOn({
    ...config,
    listen: secure.listen,
    zones: [{ hosts: ["shop.test"], origins: [origin.url] }],
    timeouts: { connectMs: longMs, responseMs: longMs, ...config.timeouts },
  });
  secure.remove();
  const client = new RawHttp2(gateway.securePort, firstSettings);
  client.socket.setMaxListeners(0);
  await waitFor(() => client.frames.length > 0, "the gateway does not speak HTTP/2", longMs);
  return {
    gateway,
    origin,
    client,
    serveOther: async () => (await gateway.get("/other")).status,
    isOver: async () => {
      await client.closed(longMs);
      const pool = gateway.gateway.zones[0]?.origins[0]?.connections[0];
      await waitFor(() => pool?.counts.active === 0, "requests are left at the origin", longMs);
    },
    async [Symbol.asyncDispose]() {
      client.close();
      await gateway.close();
      await origin[Symbol.asyncDispose]();
    },
  };
}
