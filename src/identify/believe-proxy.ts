// What a trusted proxy in front of the gateway says of the client: its address, and whether it came by http or https.

import { isIP } from "node:net";

import { isWithin } from "../config/resolve-networks.ts";
import type { Network } from "../config/gateway-config.ts";
import type { ExchangeContext } from "../exchange-context.ts";

/** No chain of proxies is followed further than this. */
const longestChain = 32;

/** Takes the word of the connection's peer, if that is one of `proxies`; of anybody else nothing is believed. */
export function believeProxy(context: ExchangeContext, proxies: readonly Network[]): void {
  if (!isWithin(context.peerAddress, proxies)) return;
  const { "x-forwarded-for": chain, "x-forwarded-proto": scheme } = context.req.headers;
  if (chain !== undefined)
    context.clientAddress = clientIn(String(chain), context.peerAddress, proxies);
  const word = String(scheme).trim().toLowerCase();
  if (word === "http" || word === "https") context.scheme = word;
}

/** Each proxy appends whom it heard from: the last address that is no trusted proxy's is the client's. */
function clientIn(chain: string, peerAddress: string, proxies: readonly Network[]): string {
  let client = peerAddress;
  let end = chain.length;
  for (let hops = 0; hops < longestChain && end >= 0 && isWithin(client, proxies); hops += 1) {
    const comma = end === 0 ? -1 : chain.lastIndexOf(",", end - 1);
    const address = addressIn(chain.slice(comma + 1, end));
    if (address === null) return client; // What is further left was said by nobody we know.
    client = address;
    end = comma;
  }
  return client;
}

/** The address in a member of X-Forwarded-For, which some proxies give a port; null if it is none. */
function addressIn(member: string): string | null {
  const [, bracketed, plain] =
    /^\s*(?:\[([0-9a-f:.]+)\](?::\d{1,5})?|([0-9.]+)(?::\d{1,5})?)\s*$/i.exec(member) ?? [];
  const address = (bracketed ?? plain ?? member.trim()).replace(/^::ffff:(?=[\d.]+$)/i, "");
  return isIP(address) === 0 || address.includes("%") ? null : address;
}
