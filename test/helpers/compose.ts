// docker-compose.yml as data, and its services run by hand: the same commands, with paths and ports of this machine.

import { readFileSync } from "node:fs";

import { parse } from "yaml";

import { type Program, startProgram } from "./program.ts";

/** A service, as far as tests look at it. */
export interface ComposeService {
  readonly image: string;
  readonly build?: string;
  readonly entrypoint?: readonly string[];
  readonly command?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly network_mode?: string;
  readonly ports?: readonly string[];
  readonly volumes?: readonly string[];
  readonly tmpfs?: readonly string[];
  readonly read_only?: boolean;
  readonly cap_drop?: readonly string[];
  readonly security_opt?: readonly string[];
  readonly healthcheck?: { readonly test?: readonly string[]; readonly disable?: boolean };
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly networks?: { readonly default: { readonly aliases: readonly string[] } };
}

/** The file. */
export interface Compose {
  readonly services: Readonly<Record<string, ComposeService>>;
  readonly volumes: Readonly<Record<string, unknown>>;
}

/** docker-compose.yml. */
export function readCompose(): Compose {
  return parse(readFileSync("docker-compose.yml", "utf8"), { merge: true }) as Compose;
}

/** What stands in this machine's place of what is in the container: `/run/edgecase` → a folder, `edgecase:8080` → an address. */
export type Places = Readonly<Record<string, string>>;

/** The command that a service's container runs, and its environment, with other places. */
export function commandOf(
  { image, entrypoint = [], command = [], environment = {} }: ComposeService,
  places: Places,
): { argv: string[]; env: Record<string, string> } {
  const own = image === "edgecase" ? ["node", "dist/src/cli.js"] : ["prometheus"];
  const argv = [...(entrypoint.length > 0 ? entrypoint : own), ...command];
  const move = (text: string): string =>
    Object.entries(places).reduce((moved, [from, to]) => moved.replaceAll(from, to), text);
  return {
    argv: argv.map(move),
    env: Object.fromEntries(Object.entries(environment).map(([key, text]) => [key, move(text)])),
  };
}

/** Starts a service with more arguments. */
export function startService(
  service: ComposeService,
  places: Places,
  more: readonly string[] = [],
): Program {
  const { argv, env } = commandOf(service, places);
  const [program = "", ...args] = [...argv, ...more];
  return startProgram(program, args, { env });
}
