// One cookie of a request's Cookie field: what it says, and the field without it. Cookies of other names are nobody's business here.

/** Values of a cookie that are looked at: a client may have several by one name, for other paths and domains. */
const mostValues = 8;

/** The values of the cookies with this name, in order. @see RFC 6265 §4.2.1 */
export function cookieValues(field: string, name: string): string[] {
  const values: string[] = [];
  for (const pair of field.split(";")) {
    if (!isNamed(pair, name)) continue;
    values.push(trim(pair.slice(pair.indexOf("=") + 1)));
    if (values.length === mostValues) break;
  }
  return values;
}

/** The field without the cookies of this name, every other byte as it was; empty if there is nothing else in it. */
export function withoutCookie(field: string, name: string): string {
  if (!field.includes(name)) return field;
  const pairs = field.split(";");
  const others = pairs.filter((pair) => !isNamed(pair, name));
  if (others.length === pairs.length) return field;
  return trim(others.join(";"));
}

/** Whether a Set-Cookie field sets the cookie of this name. */
export function setsCookie(field: string, name: string): boolean {
  const [pair = ""] = field.split(";", 1);
  return isNamed(pair, name);
}

function isNamed(pair: string, name: string): boolean {
  const equals = pair.indexOf("=");
  return equals >= 0 && trim(pair.slice(0, equals)) === name;
}

/** White space as HTTP has it; other characters of a cookie are its own. @see RFC 9110 §5.6.3 */
function trim(text: string): string {
  return text.replaceAll(/^[\t ]+|[\t ]+$/g, "");
}
