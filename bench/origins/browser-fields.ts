// What a browser asks with and a site answers with, ten fields each way besides those that every message has.

/** Fields of the request. */
export const browserRequest: Readonly<Record<string, string>> = {
  "User-Agent":
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/139.0.0.0 Safari/537.36",
  Accept:
    "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/apng,*/*;q=0.8",
  "Accept-Language": "en-GB,en;q=0.9,de;q=0.8",
  "Accept-Encoding": "gzip, deflate, br, zstd",
  Cookie: "session=3f0c9a52e1b84d7e9c1f5a6b7c8d9e0f; theme=dark; consent=necessary.statistics",
  Referer: "https://zone-0.bench.test/products/shoes?page=2",
  "Sec-Fetch-Dest": "document",
  "Sec-Fetch-Mode": "navigate",
  "Sec-Fetch-Site": "same-origin",
  "Upgrade-Insecure-Requests": "1",
};

/** Fields of the response. */
export const browserResponse: Readonly<Record<string, string>> = {
  "Content-Type": "text/html; charset=utf-8",
  "Cache-Control": "private, max-age=0, must-revalidate",
  ETag: '"5f3a-61c0b1d2e4f80"',
  "Last-Modified": "Mon, 02 Nov 2026 09:12:44 GMT",
  Vary: "Accept-Encoding, Cookie",
  "Set-Cookie": "session=3f0c9a52e1b84d7e9c1f5a6b7c8d9e0f; Path=/; Secure; HttpOnly; SameSite=Lax",
  "Strict-Transport-Security": "max-age=31536000; includeSubDomains",
  "Content-Security-Policy": "default-src 'self'; img-src 'self' data:; frame-ancestors 'none'",
  "X-Content-Type-Options": "nosniff",
  "Referrer-Policy": "strict-origin-when-cross-origin",
};
