// The check of a whole configuration, compiled from its schema here; a built package has the compiled code in this file's place,
// and loads neither Ajv nor the schema to start (scripts/build.ts).

import { Ajv } from "ajv";

import { ajvOptions } from "./ajv-options.ts";
import { type ConfigFile, configSchema } from "./schema.ts";

/** Whether a value is a configuration; `errors` has what is wrong with the value that was asked about last. */
export const isConfig = new Ajv(ajvOptions).compile<ConfigFile>(configSchema);
