// Accept-Encoding as the CDN writes it, whatever the client wrote: origins then see few variants of a request.

/** In the order in which the CDN names them. @see Cloudflare docs, HTTP headers, Accept-Encoding */
const normal = ["gzip", "br"] as const;

/**
 * The codings of `gzip, br` that the client takes too; `identity` if it takes neither, or does not say.
 *
 * The CDN always asks for both and decompresses for clients that cannot. This gateway passes content on as it comes, so what
 * the client cannot decode must not be asked for.
 */
export function normalCodings(field: string | string[] | undefined): string {
  if (field === undefined) return "identity";
  const qualities = new Map<string, number>();
  for (const member of String(field).toLowerCase().split(",")) {
    const [coding = "", ...parameters] = member.split(";").map((part) => part.trim());
    const quality = parameters.find((parameter) => parameter.startsWith("q="))?.slice(2);
    // RFC 9110 §8.4.1.3: x-gzip is the same as gzip.
    qualities.set(coding === "x-gzip" ? "gzip" : coding, Number(quality ?? 1));
  }
  const rest = qualities.get("*") ?? 0;
  const taken = normal.filter((coding) => (qualities.get(coding) ?? rest) > 0);
  return taken.length === 0 ? "identity" : taken.join(", ");
}
