// How a value is checked, wherever one is: every problem is found, and each comes with the schema that it breaks.

/** Ajv's options for all checks of what people write. */
export const ajvOptions = { allErrors: true, verbose: true, strict: false } as const;
