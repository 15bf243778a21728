// Content in both directions.

import type { Case } from "../compare/case.ts";
import { bodySizes } from "../origins/body-sizes.ts";
import { everybody } from "./everybody.ts";

const upload = {
  method: "POST",
  path: "/upload",
  fields: { "Content-Type": "application/octet-stream" },
} as const;

export const bodies: readonly Case[] = [
  {
    name: "download-1m",
    what: "GET of 1 MB over 16 connections.",
    load: { connections: 16, path: "/1m" },
    origin: "http",
    contestants: everybody,
  },
  {
    name: "upload-1m",
    what: "POST of 1 MB over 16 connections; the origin reads all of it before it answers.",
    load: { connections: 16, bodyBytes: bodySizes["1m"], ...upload },
    origin: "http",
    contestants: everybody,
  },
  {
    name: "download-100m",
    what: "GET of 100 MB over 4 connections.",
    load: { connections: 4, path: "/100m" },
    origin: "http",
    contestants: everybody,
    longer: 3,
  },
  {
    name: "upload-100m",
    what: "POST of 100 MB over 4 connections; the origin reads all of it before it answers.",
    load: { connections: 4, bodyBytes: bodySizes["100m"], ...upload },
    origin: "http",
    contestants: everybody,
    longer: 3,
  },
];
