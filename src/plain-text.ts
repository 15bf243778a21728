// Text from the wire made harmless for terminals, logs and pages: bounded, and without characters that are commands.

/** C0 but tab and line end, DEL, and C1, which terminals obey; and the separators that some take for line ends. */
const controls = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028\u2029]/g;

/** What JSON.stringify leaves as it is although a terminal or a script may not. */
const unescaped = /[\u007f-\u009f\u2028\u2029]/g;

/** The text with a replacement for each control character. Tabs and line ends stay. */
export function withoutControls(text: string, replacement: string): string {
  return text.replaceAll(controls, replacement);
}

/** The text on one line. */
export function onOneLine(text: string): string {
  return withoutControls(text, " ").replaceAll(/[\t\n]/g, " ");
}

/** The text, or its beginning and how much there is. */
export function shorten(text: string, most: number): string {
  return text.length > most ? `${text.slice(0, most)}… (${text.length} characters)` : text;
}

/** JSON in which every control character is escaped. */
export function toJson(value: unknown, indent?: number): string {
  return escapeJson(JSON.stringify(value, null, indent));
}

/** JSON with the control characters escaped that JSON does not mind. */
export function escapeJson(json: string): string {
  return json.replaceAll(
    unescaped,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
