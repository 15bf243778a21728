// What HTTP/2 clients are told when the gateway ends, frame by frame. The rest of ending is in test/e2e/shutdown.test.ts.

import type { Socket } from "node:net";
import { connect, type TLSSocket } from "node:tls";

import { afterAll, beforeAll, expect, test } from "vitest";

import { flags, frame, headers, settings, types } from "../../fixtures/http2-frames.ts";
import { startGatewayOn, waitFor } from "../helpers/gateway.ts";
import { ok, startOrigin } from "../helpers/origin.ts";
import { makeSecureListener, type SecureListener } from "../helpers/secure-listener.ts";

let secure: SecureListener;

beforeAll(async () => {
  secure = await makeSecureListener("shop.test");
});
afterAll(() => secure.remove());

/** A frame as it came. */
interface Frame {
  readonly type: number;
  readonly streamId: number;
  readonly payload: Buffer;
}

/** A client that does what it wants, whatever it is told. */
class FrameClient {
  readonly frames: Frame[] = [];
  readonly #socket: TLSSocket;
  #pending: Buffer = Buffer.alloc(0);

  constructor(port: number) {
    this.#socket = connect({
      port,
      ALPNProtocols: ["h2"],
      servername: "shop.test",
      ca: secure.rootPem,
    });
    this.#socket.on("error", () => {});
    this.#socket.on("data", (bytes) => this.#take(bytes));
    this.#socket.write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
    this.#socket.write(settings());
  }

  /** GET, on the stream with this number. */
  ask(streamId: number): void {
    const fields = [
      [":method", "GET"],
      [":scheme", "https"],
      [":authority", "shop.test"],
      [":path", `/${streamId}`],
    ] as const;
    this.#socket.write(headers(streamId, fields, flags.endStream));
  }

  /** The frames of a type, once there are so many. */
  async until(type: number, count: number): Promise<readonly Frame[]> {
    const found = (): Frame[] => this.frames.filter((one) => one.type === type);
    await waitFor(() => found().length >= count, `no ${count} frames of type ${type}`, 10_000);
    return found();
  }

  /** Resolves when everything that was sent has been read. */
  async pinged(): Promise<void> {
    this.#socket.write(frame(types.ping, flags.none, 0, Buffer.alloc(8)));
    await this.until(types.ping, 1);
  }

  #take(bytes: Buffer): void {
    this.#pending = Buffer.concat([this.#pending, bytes]);
    while (this.#pending.length >= 9) {
      const length = this.#pending.readUIntBE(0, 3);
      if (this.#pending.length < 9 + length) return;
      this.frames.push({
        type: this.#pending.readUInt8(3),
        streamId: this.#pending.readUInt32BE(5),
        payload: this.#pending.subarray(9, 9 + length),
      });
      this.#pending = this.#pending.subarray(9 + length);
    }
  }
}

test("an HTTP/2 client is told which of its requests was the last, and no other reaches an origin", async () => {
  const asking: Socket[] = [];
  await using origin = await startOrigin((socket) => asking.push(socket));
  const gateway = await startGatewayOn({
    listen: secure.listen,
    zones: [{ hosts: ["shop.test"], origins: [origin.url] }],
  });
  const client = new FrameClient(gateway.securePort);
  client.ask(1);
  await waitFor(() => origin.heads.length === 1, "the request did not arrive");

  const closing = gateway.gateway.close(20_000);
  const [goAway] = await client.until(types.goAway, 1);
  client.ask(3); // As if it had been on its way.
  await client.pinged();
  asking[0]?.write(ok("hello"));
  const answers = await client.until(types.headers, 1);
  await closing;

  const [last, noError] = [1, 0];
  expect([goAway?.payload.readUInt32BE(0), goAway?.payload.readUInt32BE(4)]).toEqual([
    last,
    noError,
  ]);
  expect(answers.map(({ streamId }) => streamId)).toEqual([1]);
  expect(gateway.lines.map(({ path, status }) => [path, status])).toEqual([["/1", 200]]);
});
