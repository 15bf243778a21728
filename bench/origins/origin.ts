// Whom the gateways ask: one origin for all of them, in a process of its own, which must not be what is measured.

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { issue } from "../../fixtures/tls/issue.ts";
import { freePort } from "../compare/free-port.ts";
import type { Launch } from "../compare/peer.ts";
import { nginxVersion } from "../peers/nginx.ts";
import { browserResponse } from "./browser-fields.ts";
import { nginxOrigin } from "./nginx-origin.ts";

/** Where it can be asked: see {@link Case.origin}. */
export interface OriginPlace {
  readonly http: number;
  readonly https: number;
  readonly broken: number;
  /** Nobody listens there. */
  readonly refused: number;
  /** PEM file of the CA of `https` and `broken`. */
  readonly caFile: string;
  /** For clients' connections, too. */
  readonly good: { readonly cert: string; readonly key: string };
  readonly expired: { readonly cert: string; readonly key: string };
}

/** What it serves: `/1k`, `/browser` (with ten fields), `/1m`, `/100m`, and `/upload`, which reads all before it answers. */
export interface OriginProgram {
  readonly place: OriginPlace;
  readonly launch: Launch;
  /** For the report. */
  readonly name: string;
}

/** Chooses ports, makes certificates, and says how to start it. */
export async function prepareOrigin(folder: string): Promise<OriginProgram> {
  const place = {
    http: await freePort(),
    https: await freePort(),
    broken: await freePort(),
    refused: await freePort(),
    ...(await writeCertificates(folder)),
  };
  const version = nginxVersion();
  return version === null
    ? { place, launch: nodeOrigin(place), name: "Node, since nginx is not installed" }
    : { place, launch: nginxOrigin(place, folder), name: `nginx ${version}, one process` };
}

function nodeOrigin(place: OriginPlace): Launch {
  const program = fileURLToPath(new URL("node-origin.mjs", import.meta.url));
  const told = JSON.stringify({ ...place, browserFields: browserResponse });
  return { program: process.execPath, args: [program, told] };
}

async function writeCertificates(
  folder: string,
): Promise<Pick<OriginPlace, "caFile" | "good" | "expired">> {
  const ca = await issue({ commonName: "bench", isAuthority: true }, "self");
  const caFile = join(folder, "ca.pem");
  writeFileSync(caFile, ca.certPem);
  const leaf = async (name: string, validDays: readonly [number, number]) => {
    const names = [
      { type: "dns" as const, value: "localhost" },
      { type: "dns" as const, value: "*.bench.test" },
      { type: "ip" as const, value: "127.0.0.1" },
    ];
    const made = await issue({ commonName: "localhost", names, validDays }, ca);
    const files = { cert: join(folder, `${name}.pem`), key: join(folder, `${name}.key`) };
    writeFileSync(files.cert, made.certPem);
    writeFileSync(files.key, made.keyPem, { mode: 0o600 });
    return files;
  };
  return { caFile, good: await leaf("good", [-1, 30]), expired: await leaf("expired", [-30, -1]) };
}
