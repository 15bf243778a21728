// Ports to listen at, below those that the system takes for connections going out.

import { once } from "node:events";
import { createServer } from "node:net";

const first = 18_000;
const last = 30_000;
const given = new Set<number>();

/** A port of 127.0.0.1 that nobody listens at, and that is given once. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = first + Math.floor(Math.random() * (last - first));
    if (given.has(port)) continue;
    given.add(port);
    if (await isFree(port)) return port;
  }
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer().listen(port, "127.0.0.1");
  try {
    await once(server, "listening");
  } catch {
    return false;
  }
  server.close();
  await once(server, "close");
  return true;
}
