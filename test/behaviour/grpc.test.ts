// gRPC through the gateway, by a client library that people use.

import * as grpc from "@grpc/grpc-js";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import type { ZoneFile } from "../../src/config/schema.ts";
import { startGatewayOn, type TestGateway } from "../helpers/gateway.ts";
import { ok, startOrigin } from "../helpers/origin.ts";
import { makeSecureListener, type SecureListener } from "../helpers/secure-listener.ts";

let secure: SecureListener;

beforeAll(async () => {
  secure = await makeSecureListener("rpc.test");
});
afterAll(() => secure.remove());

const asIs = (value: Buffer): Buffer => value;
const method = (path: string, requestStream: boolean, responseStream: boolean) => ({
  path: `/echo.Echo/${path}`,
  requestStream,
  responseStream,
  requestSerialize: asIs,
  requestDeserialize: asIs,
  responseSerialize: asIs,
  responseDeserialize: asIs,
});
const service = {
  unary: method("Unary", false, false),
  upload: method("Upload", true, false),
  download: method("Download", false, true),
  chat: method("Chat", true, true),
};
const EchoClient = grpc.makeGenericClientConstructor(service, "Echo");

/** A gRPC server over HTTP/2 without TLS, as they run behind a gateway. */
async function startServer(): Promise<{ origin: string } & AsyncDisposable> {
  const server = new grpc.Server();
  server.addService(service, {
    unary: (running: grpc.ServerUnaryCall<Buffer, Buffer>, done: grpc.sendUnaryData<Buffer>) => {
      const trailer = new grpc.Metadata();
      trailer.set("x-trailer", "there");
      const [wanted] = running.metadata.get("x-fail");
      if (wanted === undefined) done(null, running.request, trailer);
      else done({ code: grpc.status.NOT_FOUND, details: `as asked: ${String(wanted)}` });
    },
    upload: (
      running: grpc.ServerReadableStream<Buffer, Buffer>,
      done: grpc.sendUnaryData<Buffer>,
    ) => {
      let bytes = 0;
      running.on("data", (part: Buffer) => {
        bytes += part.length;
      });
      running.on("end", () => done(null, Buffer.from(String(bytes))));
    },
    download: (running: grpc.ServerWritableStream<Buffer, Buffer>) => {
      for (let count = 0; count < 100; count += 1) running.write(Buffer.from(String(count)));
      running.end();
    },
    chat: (running: grpc.ServerDuplexStream<Buffer, Buffer>) => {
      running.on("data", (part: Buffer) => running.write(part));
      running.on("end", () => running.end());
    },
  });
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, bound) => {
      if (error) reject(error);
      else resolve(bound);
    });
  });
  return {
    origin: `http://127.0.0.1:${port}`,
    [Symbol.asyncDispose]: async () => server.forceShutdown(),
  };
}

function startSecure(
  origin: string,
  zone: Partial<ZoneFile> = {},
  errors = {},
): Promise<TestGateway> {
  return startGatewayOn({
    listen: secure.listen,
    errors,
    zones: [{ hosts: ["rpc.test"], origins: [origin], h2c: true, ...zone }],
  });
}

interface Echo extends grpc.Client, Disposable {
  unary(message: Buffer, metadata: grpc.Metadata, done: Done): grpc.ClientUnaryCall;
  upload(done: Done): grpc.ClientWritableStream<Buffer>;
  download(message: Buffer): grpc.ClientReadableStream<Buffer>;
  chat(): grpc.ClientDuplexStream<Buffer, Buffer>;
}
type Done = (error: grpc.ServiceError | null, value?: Buffer) => void;

function clientOf(gateway: TestGateway): Echo {
  const client = new EchoClient(
    `127.0.0.1:${gateway.securePort}`,
    grpc.credentials.createSsl(Buffer.from(secure.rootPem)),
    { "grpc.ssl_target_name_override": "rpc.test", "grpc.default_authority": "rpc.test" },
  );
  return Object.assign(client, { [Symbol.dispose]: () => client.close() }) as unknown as Echo;
}

function call(
  client: Echo,
  message: string,
  metadata = new grpc.Metadata(),
): Promise<{ error: grpc.ServiceError | null; value: string | undefined }> {
  return new Promise((resolve) => {
    client.unary(Buffer.from(message), metadata, (error, value) =>
      resolve({ error, value: value?.toString() }),
    );
  });
}

describe("a gRPC call", () => {
  test("has its message, its metadata and its trailers", async () => {
    await using server = await startServer();
    await using gateway = await startSecure(server.origin);
    using client = clientOf(gateway);

    const trailers: unknown[] = [];
    const value = await new Promise<string | undefined>((resolve) => {
      const running = client.unary(Buffer.from("hello"), new grpc.Metadata(), (_error, answer) =>
        resolve(answer?.toString()),
      );
      running.on("status", ({ metadata }) => trailers.push(...metadata.get("x-trailer")));
    });

    expect([value, trailers]).toEqual(["hello", ["there"]]);
    expect(await gateway.line()).toMatchObject({ status: 200, originStatus: 200, failure: null });
  });

  test("gets the server's own error, word for word", async () => {
    await using server = await startServer();
    await using gateway = await startSecure(server.origin);
    using client = clientOf(gateway);
    const metadata = new grpc.Metadata();
    metadata.set("x-fail", "100 percent");

    const { error } = await call(client, "hello", metadata);

    expect([error?.code, error?.details]).toEqual([grpc.status.NOT_FOUND, "as asked: 100 percent"]);
    expect((await gateway.line())["failure"]).toBeNull();
  });

  test("may stream to the server", async () => {
    await using server = await startServer();
    await using gateway = await startSecure(server.origin);
    using client = clientOf(gateway);

    const total = await new Promise<string | undefined>((resolve) => {
      const upload = client.upload((_error, value) => resolve(value?.toString()));
      for (let count = 0; count < 50; count += 1) upload.write(Buffer.alloc(10_000));
      upload.end();
    });

    expect(total).toBe("500000");
  });

  test("may stream from the server", async () => {
    await using server = await startServer();
    await using gateway = await startSecure(server.origin);
    using client = clientOf(gateway);

    const received: string[] = [];
    for await (const part of client.download(Buffer.from("go"))) received.push(String(part));

    expect(received).toEqual(Array.from({ length: 100 }, (_, index) => String(index)));
  });

  test("may stream both ways at the same time, message by message", async () => {
    await using server = await startServer();
    await using gateway = await startSecure(server.origin);
    using client = clientOf(gateway);
    const chat = client.chat();
    const parts = chat[Symbol.asyncIterator]();

    const received: string[] = [];
    for (const word of ["one", "two", "three"]) {
      chat.write(Buffer.from(word));
      received.push(String(((await parts.next()) as { value: Buffer }).value));
    }
    chat.end();

    expect(received).toEqual(["one", "two", "three"]);
    expect((await parts.next()).done).toBe(true);
  });
});

describe("a gRPC call whose origin fails", () => {
  test.each([
    [
      "refuses",
      "http://127.0.0.1:1",
      grpc.status.UNAVAILABLE,
      /^521 Web server is down: .*; ray [0-9a-f]{16}$/,
    ],
    ["has no name", "http://nowhere.invalid", grpc.status.UNAVAILABLE, /^523 /],
  ])("because it %s gets a grpc-status it understands", async (_what, origin, code, details) => {
    await using gateway = await startSecure(origin, { dns: { servers: ["127.0.0.1:9"] } });
    using client = clientOf(gateway);

    const { error } = await call(client, "hello");

    expect(error?.code).toBe(code);
    expect(error?.details).toMatch(details);
    expect((await gateway.line())["failure"]).not.toBeNull();
  });

  test("before the call's messages were read gets it at once", async () => {
    await using gateway = await startSecure("http://127.0.0.1:1");
    using client = clientOf(gateway);
    const startedAt = performance.now();

    const error = await new Promise<grpc.ServiceError | null>((resolve) => {
      client.upload((failed) => resolve(failed)).write(Buffer.from("first of many"));
    });

    expect(error?.code).toBe(grpc.status.UNAVAILABLE);
    expect(performance.now() - startedAt).toBeLessThan(1_500);
  });

  test("learns nothing of the cause when codes are generic and pages sanitized", async () => {
    await using gateway = await startSecure(
      "http://127.0.0.1:1",
      {},
      { codes: "generic", pages: "sanitized" },
    );
    using client = clientOf(gateway);

    const { error } = await call(client, "hello");

    expect(error?.details).toMatch(/^502 Bad gateway; ray [0-9a-f]{16}$/);
  });

  test("in the middle of the answer is told that it broke off", async () => {
    await using origin = await startOrigin((socket) => {
      socket.write(
        "HTTP/1.1 200 OK\r\nContent-Type: application/grpc\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n\0\0\0\0\x05\r\n",
      );
      setTimeout(() => socket.destroy(), 30);
    });
    await using gateway = await startSecure(origin.url, { h2c: false });
    using client = clientOf(gateway);

    const { error } = await call(client, "hello");

    expect(error?.code).toBe(grpc.status.INTERNAL);
    expect(await gateway.line()).toMatchObject({ late: true });
  });

  test("an answer that is no gRPC is passed on, and the client says so", async () => {
    await using origin = await startOrigin((socket) => {
      socket.write(ok("<p>not here", "Content-Type: text/html\r\n", "HTTP/1.1 404 Not Found"));
    });
    await using gateway = await startSecure(origin.url, { h2c: false });
    using client = clientOf(gateway);

    const { error } = await call(client, "hello");

    expect(error?.code).toBe(grpc.status.UNIMPLEMENTED);
  });
});
