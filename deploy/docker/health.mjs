// The container's health: 0 if the gateway in it takes requests, 1 if not. Asks the admin port where the environment puts it.

import { readFileSync } from "node:fs";

const { EDGECASE_ADMIN_PORT = "8081", EDGECASE_ADMIN_TOKEN_FILE } = process.env;
const headers =
  EDGECASE_ADMIN_TOKEN_FILE === undefined
    ? {}
    : { authorization: `Bearer ${readFileSync(EDGECASE_ADMIN_TOKEN_FILE, "utf8").trim()}` };

try {
  const { status } = await fetch(`http://127.0.0.1:${EDGECASE_ADMIN_PORT}/readyz`, {
    headers,
    signal: AbortSignal.timeout(5_000),
  });
  process.exitCode = status === 200 ? 0 : 1;
} catch (error) {
  process.stderr.write(`${error.cause?.message ?? error.message}\n`);
  process.exitCode = 1;
}
