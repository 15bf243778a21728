// The check of a fault that is asked for, compiled from its schema here; a built package has the compiled code in this file's
// place, and loads neither Ajv nor the schema to start (scripts/build.ts).

import { Ajv } from "ajv";

import { ajvOptions } from "../config/ajv-options.ts";
import { type FaultRequest, faultRequestSchema } from "./fault-schemas.ts";

/** Whether a value is a fault to inject; `errors` has what is wrong with the value that was asked about last. */
export const isFault = new Ajv(ajvOptions).compile<FaultRequest>(faultRequestSchema);
