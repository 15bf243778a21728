// `edgecase set`: changes settings of a gateway that runs.

import { closest } from "fastest-levenshtein";

import type { SettingsRequest, SettingsView } from "../admin/schemas.ts";
import { type AdminFlags, askAdmin, usage } from "./ask-admin.ts";

/** Flags of the command. */
export interface SetOptions extends AdminFlags {
  readonly zone?: string;
  readonly survivesReload?: boolean;
}

const keys = ["codes", "pages", "profile", "clock"] as const;

/** Changes what is named as `key=value`, and prints the settings in force then. */
export async function set(assignments: readonly string[], options: SetOptions): Promise<void> {
  const { zone, survivesReload } = options;
  const change = {
    ...Object.fromEntries(assignments.map(parse)),
    ...(zone !== undefined && { zone }),
    ...(survivesReload === true && { survivesReload }),
  } as SettingsRequest;
  const settings = (await askAdmin(options, { path: "/api/settings", change })) as SettingsView;
  process.stdout.write(options.json ? `${JSON.stringify(settings)}\n` : print(settings));
}

function parse(assignment: string): [key: string, value: string | number] {
  const equals = assignment.indexOf("=");
  const key = equals < 0 ? assignment : assignment.slice(0, equals);
  const value = equals < 0 ? "" : assignment.slice(equals + 1);
  const known = keys.find((name) => name === key);
  if (known === undefined) throw usage(key, "is not a setting", assignment, closest(key, keys));
  if (value === "") throw usage(key, `must have a value, as ${key}=…`, assignment);
  if (known !== "clock") return [key, value];
  if (Number.isNaN(Number(value))) throw usage(key, "must be a number", value);
  return [key, Number(value)];
}

/** The gateway first, and every zone that differs from it. */
function print({ codes, pages, profile, clock, zones }: SettingsView): string {
  const own = `codes=${codes} pages=${pages} profile=${profile}`;
  const others = zones.flatMap((zone) => {
    const line = `codes=${zone.codes} pages=${zone.pages} profile=${zone.profile}`;
    return line === own ? [] : [`${zone.zone}: ${line}\n`];
  });
  return `gateway: ${own} clock=${clock}\n${others.join("")}`;
}
