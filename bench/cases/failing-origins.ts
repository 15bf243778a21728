// Origins that cannot be asked: every answer is an error of the gateway's own.

import type { Case } from "../compare/case.ts";
import { everybody } from "./everybody.ts";

export const failingOrigins: readonly Case[] = [
  {
    name: "refused",
    what: "GET over 64 connections while the origin refuses every connection: error answers.",
    load: { connections: 64, path: "/1k" },
    origin: "refused",
    failsAtOrigin: true,
    contestants: everybody,
  },
  {
    name: "broken-tls",
    what: "GET over 64 connections while the origin's certificate has expired: error answers.",
    load: { connections: 64, path: "/1k" },
    origin: "broken",
    failsAtOrigin: true,
    contestants: everybody,
  },
];
