// Asks the admin port. What it refuses is a value, like every failure that has to be expected.

import { needsToken, token } from "../state/session.ts";

/** Why something was refused. @see RFC 9457 */
export interface Problem {
  readonly title: string;
  /** 0 where there was no answer at all. */
  readonly status: number;
  readonly detail?: string;
  /** The key that is wrong, where one is. */
  readonly path?: string;
}

/** What became of a question. */
export type Asked<T> =
  | { readonly value: T; readonly problem: null }
  | { readonly value: null; readonly problem: Problem };

/** Asks for JSON. Never rejects. */
export async function ask<T>(path: string): Promise<Asked<T>> {
  return jsonOf(await fetchApi(path));
}

/** Asks for a change, and for the JSON that answers it. Never rejects. */
export async function order<T>(
  method: "PATCH" | "POST" | "DELETE",
  path: string,
  change?: object,
): Promise<Asked<T>> {
  const sent = {
    headers: { "content-type": "application/json" },
    body: JSON.stringify(change),
  };
  return jsonOf(await fetchApi(path, { method, ...(change !== undefined && sent) }));
}

async function jsonOf<T>(answer: Asked<Response>): Promise<Asked<T>> {
  if (answer.value === null) return answer;
  try {
    return { value: (await answer.value.json()) as T, problem: null };
  } catch (cause) {
    return { value: null, problem: noAnswer(cause) };
  }
}

/** A successful response, or the problem in place of it. A refused token asks for another. */
export async function fetchApi(path: string, init: RequestInit = {}): Promise<Asked<Response>> {
  try {
    const response = await fetch(`api/${path}`, {
      ...init,
      cache: "no-store",
      headers: {
        ...(init.headers as Record<string, string> | undefined),
        ...(token.value !== null && { authorization: `Bearer ${token.value}` }),
      },
    });
    if (response.ok) return { value: response, problem: null };
    if (response.status === 401) needsToken.value = true;
    return { value: null, problem: await problemOf(response) };
  } catch (cause) {
    return { value: null, problem: noAnswer(cause) };
  }
}

async function problemOf(response: Response): Promise<Problem> {
  const fallback = { title: response.statusText || "Refused", status: response.status };
  try {
    return { ...fallback, ...((await response.json()) as Partial<Problem>) };
  } catch {
    return fallback; // Something else answers at this address.
  }
}

function noAnswer(cause: unknown): Problem {
  return {
    title: "The gateway does not answer",
    status: 0,
    detail: cause instanceof Error ? cause.message : "",
  };
}
