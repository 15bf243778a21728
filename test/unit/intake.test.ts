import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";

import { afterEach, beforeEach, describe, expect, test } from "vitest";

import { Intake } from "../../src/connect/intake.ts";
import { waitFor } from "../helpers/gateway.ts";

/** From here on a read counts as much. */
const muchBytes = 32_768;

let peer: Socket;
let socket: Socket;
let intake: Intake;
let close: () => void;

beforeEach(async () => {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  intake = new Intake();
  const { port } = server.address() as { port: number };
  socket = connect({ host: "127.0.0.1", port, onread: intake.onread });
  intake.watch(socket);
  [peer] = (await once(server, "connection")) as [Socket];
  close = () => {
    socket.destroy();
    peer.destroy();
    server.close();
  };
});
afterEach(() => close());

/** Sends pieces one after the other, each when the one before has been read; returns what `onBytes` made of each. */
async function readOneByOne(
  pieces: readonly Buffer[],
  onBytes: (bytes: Buffer) => Buffer,
): Promise<Buffer[]> {
  const made: Buffer[] = [];
  let length = 0;
  intake.onBytes = (bytes) => {
    made.push(onBytes(bytes));
    length += bytes.length;
  };
  let sent = 0;
  for (const piece of pieces) {
    sent += piece.length;
    peer.write(piece);
    await waitFor(() => length === sent, "a piece is missing");
  }
  return made;
}

/** Much, in pieces that are large until the last. */
async function readMuch(onBytes: (bytes: Buffer) => Buffer): Promise<Buffer[]> {
  peer.pause();
  socket.pause();
  const made: Buffer[] = [];
  let length = 0;
  intake.onBytes = (bytes) => {
    made.push(onBytes(bytes));
    length += bytes.length;
  };
  const size = 8 * 1024 ** 2;
  const content = Buffer.alloc(size);
  for (let at = 0; at < size; at += 4) content.writeUInt32BE(at, at);
  peer.write(content);
  socket.resume();
  await waitFor(() => length === size, "not all of it came");
  return made;
}
const isRight = (bytes: Buffer, from: number): boolean => {
  const at = (4 - (from % 4)) % 4;
  return bytes.length < at + 4 || bytes.readUInt32BE(at) === from + at;
};

const piece = (letter: string, length = 100): Buffer => Buffer.alloc(length, letter);

describe("while little comes", () => {
  test("the next read goes where the last one went", async () => {
    const [first, second] = await readOneByOne([piece("a"), piece("b")], (bytes) => bytes);

    expect(first?.buffer).toBe(second?.buffer);
    expect(first).toEqual(piece("b"));
  });

  test("what is kept lasts", async () => {
    const pieces = [piece("a"), piece("b"), piece("c")];

    const kept = await readOneByOne(pieces, (bytes) => intake.keep(bytes));

    expect(kept).toEqual(pieces);
  });
});

describe("where much comes", () => {
  test("every read is in memory of its own as long as all is kept", async () => {
    const kept = await readMuch((bytes) => intake.keep(bytes));

    let from = 0;
    for (const bytes of kept) {
      expect(isRight(bytes, from)).toBe(true);
      from += bytes.length;
    }
    expect(kept.some(({ length }) => length > 2 * muchBytes)).toBe(true);
  });

  test("memory that nobody wants any more is read into again", async () => {
    const buffers = new Set<ArrayBufferLike>();

    const reads = await readMuch((bytes) => {
      buffers.add(intake.keep(bytes).buffer);
      if (bytes.length > muchBytes) intake.forget();
      return bytes;
    });

    expect(reads.length).toBeGreaterThan(20);
    expect(buffers.size).toBeLessThan(reads.length / 2);
  });

  test("what is kept at the rest stays its keeper's, whoever forgets later", async () => {
    const kept = await readMuch((bytes) => intake.keep(bytes));
    const before = kept.map((bytes) => bytes.toString("latin1", 0, 64));

    intake.rest();
    intake.forget();
    await readMuch((bytes) => bytes);

    expect(kept.map((bytes) => bytes.toString("latin1", 0, 64))).toEqual(before);
  });
});

test("what nobody takes so comes through the stream, in order, and at the reader's pace", async () => {
  const sent = 4 * 1024 ** 2;
  peer.write(Buffer.alloc(sent, "x"));
  await once(socket, "readable");
  const before = socket.bytesRead;
  let length = 0;

  for await (const bytes of socket) {
    length += (bytes as Buffer).length;
    if (length === sent) break;
  }

  expect(before).toBeLessThan(sent);
  expect(length).toBe(sent);
});
