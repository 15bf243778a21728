// The one place where text becomes HTML. Whatever is put into an `html` template is escaped, unless it is `Raw` already.

import { escape } from "html-escaper";

import { withoutControls } from "../plain-text.ts";

/** Text that is HTML: made by {@link html}, or by {@link raw} from text of our own. */
export class Raw {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** Nothing to escape, as in most of what is put into a page. */
const harmless = /^[\t\n\x20!#$%(-;=?-~]*$/;

type Value = string | number | Raw | readonly Raw[];

/** Marks text of our own, never from the wire, as HTML. */
export function raw(text: string): Raw {
  return new Raw(text);
}

/** A template that escapes its values. Control characters, which HTML does not allow, become U+FFFD. */
export function html(strings: TemplateStringsArray, ...values: readonly Value[]): Raw {
  let text = strings[0] ?? "";
  for (let index = 0; index < values.length; index += 1)
    text += toText(values[index] ?? "") + (strings[index + 1] ?? "");
  return new Raw(text);
}

function toText(value: Value): string {
  if (value instanceof Raw) return value.text;
  if (typeof value === "number") return String(value);
  if (typeof value === "string")
    return harmless.test(value) ? value : escape(withoutControls(value, "\ufffd"));
  return value.map((item) => item.text).join("");
}
