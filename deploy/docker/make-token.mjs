// Puts a random token for the admin port into a file that the gateway and Prometheus share, unless there is one already.

import { randomBytes } from "node:crypto";
import { writeFileSync } from "node:fs";

const [, , file] = process.argv;
if (file === undefined) throw new Error("which file? make-token.mjs FILE");

try {
  // Prometheus reads it as another user; only containers that have the volume can.
  writeFileSync(file, `${randomBytes(32).toString("hex")}\n`, { flag: "wx", mode: 0o644 });
} catch (error) {
  if (error.code !== "EEXIST") throw error;
}
