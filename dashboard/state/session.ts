// Whether the admin port wants a token, and the one that was given. It is forgotten with the tab.

import { signal } from "@preact/signals";

const key = "edgecase-admin-token";

/** The token for the admin port; null where none was given. */
export const token = signal<string | null>(sessionStorage.getItem(key));

/** The admin port has refused for want of a token that it knows. */
export const needsToken = signal(false);

/** Uses a token from now on. */
export function signIn(given: string): void {
  sessionStorage.setItem(key, given);
  token.value = given;
  needsToken.value = false;
}
