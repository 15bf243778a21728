// The plainest request there is.

import type { Case } from "../compare/case.ts";
import { everybody } from "./everybody.ts";

export const get1k: Case = {
  name: "get-1k",
  what: "GET of 1 KB over 64 kept connections, next to no fields.",
  load: { connections: 64, path: "/1k" },
  origin: "http",
  contestants: everybody,
};
