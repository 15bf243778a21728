// The package's version, as package.json has it. A built package has it written in.

import packageJson from "../package.json" with { type: "json" };

/** The version of Edgecase. */
export const version: string = packageJson.version;
