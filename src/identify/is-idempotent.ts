// Whether a request may reach an origin twice without more coming of it than of one.

const idempotentMethods: ReadonlySet<string> = new Set([
  "GET",
  "HEAD",
  "OPTIONS",
  "TRACE",
  "PUT",
  "DELETE",
]);

/** By its method. @see RFC 9110 §9.2.2 */
export function isIdempotent(method: string | undefined): boolean {
  return idempotentMethods.has(method ?? "");
}
