// What the configuration's schema is made of: objects without unknown keys, and values with their unit and default.

import { Type, type Static, type TObject, type TProperties } from "@sinclair/typebox";

/** No key that is not declared. */
export const closed = { additionalProperties: false } as const;

/** An object all of whose keys may be left out, and none invented. */
export const partial = <T extends TProperties>(
  properties: T,
  options: { description?: string } = {},
) => Type.Partial(Type.Object(properties), { ...closed, ...options });

/** A TCP port, or false for none. */
export const port = (value: number | false, description: string) =>
  Type.Union([Type.Integer({ minimum: 0, maximum: 65535 }), Type.Literal(false)], {
    default: value,
    description,
  });
/** A wait, in milliseconds; `clock` scales it. */
export const milliseconds = (value: number, description: string) =>
  Type.Integer({ minimum: 1, maximum: 6_000_000, default: value, description });
/** A size in bytes. */
export const bytes = (value: number, description: string) =>
  Type.Integer({ minimum: 1, default: value, description });
/** A text, usually a file's name, or null for none. */
export const nullableString = (description: string) =>
  Type.Union([Type.String(), Type.Null()], { default: null, description });

/** The defaults that a schema object declares for its keys. */
export function defaultsOf<T extends TObject>(schema: T): Required<Static<T>> {
  const defaults: Record<string, unknown> = {};
  for (const [key, property] of Object.entries(schema.properties)) {
    const declared = property as { default?: unknown; properties?: TProperties };
    defaults[key] = declared.properties
      ? defaultsOf(property as unknown as TObject)
      : declared.default;
  }
  return defaults as Required<Static<T>>;
}
