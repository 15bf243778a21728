// The end of a response that broke off after its head had left: the client must be able to tell it from a whole one.

import type { ExchangeContext } from "../exchange-context.ts";

/** Cuts the client's connection. An HTTP/1.0 client has neither length nor chunks: only a reset tells it. */
export function cut({ req, res }: ExchangeContext): void {
  if (req.httpVersion === "1.0") res.socket?.resetAndDestroy();
  else res.destroy();
}
