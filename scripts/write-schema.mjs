// Writes the configuration's JSON Schema beside the build, where the package exports it for editors.

import { writeFileSync } from "node:fs";

import { configSchema } from "../dist/src/config/schema.js";

const schema = {
  $schema: "http://json-schema.org/draft-07/schema#",
  title: "Edgecase configuration",
  ...configSchema,
};
writeFileSync(
  new URL("../dist/schema.json", import.meta.url),
  `${JSON.stringify(schema, null, 2)}\n`,
);
