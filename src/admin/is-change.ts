// The check of a change of settings, compiled from its schema here; a built package has the compiled code in this file's place,
// and loads neither Ajv nor the schema to start (scripts/build.ts).

import { Ajv } from "ajv";

import { ajvOptions } from "../config/ajv-options.ts";
import { changeSchema, type SettingsRequest } from "./schemas.ts";

/** Whether a value is a change of settings; `errors` has what is wrong with the value that was asked about last. */
export const isChange = new Ajv(ajvOptions).compile<SettingsRequest>(changeSchema);
