// A site owner's error page, or the body of an error rule, taken apart once: its own bytes, and the places for values.

/** The classes of errors that have an error page of their own. */
export type PageClass = "5xx" | "1xxx";

/** What is put into a place when an answer is made. */
export type Slot = "rayId" | "clientIp" | "geo" | "box";

/** The owner's bytes and the places between them, in order. */
export type Template = readonly (Buffer | Slot)[];

/** Where a token has a value: in every body, in the page of one class, or in pages that this edge has no use for. */
type Scope = "everywhere" | PageClass | "challenges" | "Always Online";

/** Every token there is. @see Cloudflare docs, Custom errors, Error tokens; the last one is seen in published pages */
export const tokens: Readonly<
  Record<string, { readonly slot: Slot | null; readonly scope: Scope }>
> = {
  RAY_ID: { slot: "rayId", scope: "everywhere" },
  CLIENT_IP: { slot: "clientIp", scope: "everywhere" },
  GEO: { slot: "geo", scope: "everywhere" },
  CLOUDFLARE_ERROR_500S_BOX: { slot: "box", scope: "5xx" },
  CLOUDFLARE_ERROR_1000S_BOX: { slot: "box", scope: "1xxx" },
  CAPTCHA_BOX: { slot: null, scope: "challenges" },
  CF_WIDGET_BOX: { slot: null, scope: "challenges" },
  IM_UNDER_ATTACK_BOX: { slot: null, scope: "challenges" },
  ALWAYS_ONLINE_NO_COPY_BOX: { slot: null, scope: "Always Online" },
};

/** The token that the page of a class must have. */
export const requiredToken: Readonly<Record<PageClass, string>> = {
  "5xx": "CLOUDFLARE_ERROR_500S_BOX",
  "1xxx": "CLOUDFLARE_ERROR_1000S_BOX",
};

/** Something in the form of a token, known or not, up to its end, which may be the start of the next. `a::before` is none. */
const tokenForm = /::([A-Za-z]\w*)(?=::)/g;

/** What has the form of a token in a text: its name, and where it stands. */
export function* findTokens(text: string): Iterable<{ name: string; index: number }> {
  for (const { 1: name = "", index } of text.matchAll(tokenForm)) yield { name, index };
}

/** Takes a text apart. Only tokens that have a value in this place are replaced later; all other text stays as it is. */
export function parseTemplate(text: string, place: PageClass | "rule"): Template {
  const pieces: (Buffer | Slot)[] = [];
  let from = 0;
  for (const { name, index } of findTokens(text)) {
    const slot = slotOf(name, place);
    if (slot === null || index < from) continue;
    pieces.push(Buffer.from(text.slice(from, index)), slot);
    from = index + `::${name}::`.length;
  }
  return [...pieces, Buffer.from(text.slice(from))];
}

/** What a token stands for in a place; null if it stands for nothing there. */
export function slotOf(name: string, place: PageClass | "rule"): Slot | null {
  const token = Object.hasOwn(tokens, name) ? tokens[name] : undefined;
  return token !== undefined && (token.scope === "everywhere" || token.scope === place)
    ? token.slot
    : null;
}
