// A resolver that is a process of its own, so that it can be killed: `node resolver-program.mjs NAME PORT`. Every name is 127.0.0.1, for a
// second.

import { createSocket } from "node:dgram";

import { decode, encode } from "dns-packet";

const ttlSeconds = 1;
/** A response that is recursive and wanted to be so. */
const flags = 0x8180;

const [, wantedPort] = process.argv.slice(2);

const socket = createSocket("udp4");
socket.on("message", (message, { port }) => {
  const { id, questions = [] } = decode(message);
  const [question] = questions;
  const answers =
    question?.type === "A"
      ? [{ type: "A", name: question.name, ttl: ttlSeconds, data: "127.0.0.1" }]
      : [];
  socket.send(encode({ type: "response", id, flags, questions, answers }), port);
});
socket.on("listening", () => process.send({ port: socket.address().port }));
socket.bind(Number(wantedPort), "127.0.0.1");

process.on("disconnect", () => process.exit());
