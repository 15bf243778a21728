// Accept decides the form of an answer. @see RFC 9110 §12.5.1; Cloudflare docs, Error responses, content negotiation

/** The forms in which an error can be told. */
export type Format = "html" | "problem" | "json" | "markdown" | "text";

/** Media ranges to forms. Wildcards as the CDN takes them: any type is HTML, any text is Markdown. */
const formats: Readonly<Record<string, Format>> = {
  "text/html": "html",
  "application/xhtml+xml": "html",
  "*/*": "html",
  "application/problem+json": "problem",
  "application/json": "json",
  "application/*": "json",
  "text/markdown": "markdown",
  "text/*": "markdown",
  "text/plain": "text",
};

/** More members than anybody's Accept has are not looked at. */
const mostRanges = 32;

/** The form the client likes best: the highest quality, of equal ones the first named; HTML if it names none that we have. */
export function negotiate(accept: string | undefined): Format {
  if (accept === undefined) return "html";
  let best: Format = "html";
  let bestQuality = 0;
  for (const range of accept.split(",", mostRanges)) {
    const [type = "", ...parameters] = range.split(";").map((part) => part.trim().toLowerCase());
    const format = Object.hasOwn(formats, type) ? formats[type] : undefined;
    const quality = qualityOf(parameters);
    if (format !== undefined && quality > bestQuality) {
      best = format;
      bestQuality = quality;
    }
  }
  return best;
}

function qualityOf(parameters: readonly string[]): number {
  const written = parameters.find((parameter) => parameter.startsWith("q="))?.slice("q=".length);
  if (written === undefined) return 1;
  const quality = Number(written);
  return quality >= 0 && quality <= 1 ? quality : 0;
}
