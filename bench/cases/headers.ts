// What browsers and sites send.

import type { Case } from "../compare/case.ts";
import { browserRequest } from "../origins/browser-fields.ts";
import { everybody } from "./everybody.ts";

export const headers: Case = {
  name: "headers",
  what: "The same with the fields that a browser sends and a site answers with, ten each way.",
  load: { connections: 64, path: "/browser", fields: browserRequest },
  origin: "http",
  contestants: everybody,
};
