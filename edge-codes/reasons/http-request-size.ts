// The reasons of http_request_error that are about size and time: each has a limit in the config.
// Listed in reasons.ts.

import type { ReasonFacts } from "../explanation.ts";

/** Reasons of `http_request_error`: too much of something. */
export const httpRequestSizeReasons = {
  uri_too_long: {
    title: "The URL is too long",
    whatHappened:
      "The path and query of the request are longer than limits.urlBytes. The request went to no origin.",
    likelyCauses: [
      "A redirect adds to the query each time it comes round, a return address inside a return address.",
      "A form or a search with much data is sent by GET.",
      "A client puts a whole document or token into the URL.",
    ],
    howToCheck: [
      {
        text: "Follow the redirects and watch the URL grow.",
        command: "curl -sIL http://{name}/ | grep -i '^location'",
      },
      { text: "Compare the length with limits.urlBytes of the zone." },
    ],
    howToFix: [
      "Send the data as the content of a POST.",
      "Repair the redirect: encode a return address once, and do not nest it.",
      "If the CDN in front of production takes more, raise limits.urlBytes to what it takes.",
    ],
  },
  header_section_too_large: {
    title: "The request's header section is too large",
    whatHappened:
      "The request's fields are larger than limits.requestHeaderBytes together. The request went to no origin.",
    likelyCauses: [
      "Cookies have piled up: one for each visit, campaign or login that never expires.",
      "A session or a token is kept in a cookie as a whole.",
      "A program in front of the gateway adds fields of its own.",
    ],
    howToCheck: [
      {
        text: "See the size of each cookie in the browser's developer tools, under storage.",
      },
      { text: "Try without cookies: a private window sends none." },
    ],
    howToFix: [
      "Delete the site's cookies in the browser that fails.",
      "Keep the session on the server, and only its number in the cookie.",
      "Give cookies an end, and use the same name again in place of a new one.",
    ],
  },
  content_too_large: {
    title: "The request's content is too large",
    whatHappened:
      "The request's content is larger than limits.bodyBytes. Content that says its length is refused before an origin is asked; other content when the limit is passed, and then the origin's connection is closed.",
    likelyCauses: [
      "A file is uploaded that is larger than the CDN's plan allows (100 MB on the smallest plans).",
      "A backup or an import is sent through the site's public name.",
      "A client sends without an end, for example a stream that was meant for a WebSocket.",
    ],
    howToCheck: [
      { text: "Compare the size of the upload with limits.bodyBytes of the zone." },
      {
        text: "See how much the site takes: this sends 101 MB.",
        command:
          "head -c 105906176 /dev/zero | curl -s -o /dev/null -w '%{http_code}\\n' --data-binary @- http://{name}/",
      },
    ],
    howToFix: [
      "Upload in parts, as resumable upload protocols do.",
      "Upload past the CDN, by a name that is not proxied, or straight to the storage.",
      "If your plan allows more, raise limits.bodyBytes of the zone to what it allows.",
    ],
  },
  request_timeout: {
    title: "The request did not come in time",
    whatHappened:
      "The client connected and began a request, and its head was not complete when the time was up.",
    likelyCauses: [
      "The client's connection is very slow, or was lost without a word.",
      "A client sends its head byte by byte, to hold the connection: a slow-header attack, or a test of one.",
      "A program writes part of the head and waits for something.",
    ],
    howToCheck: [
      { text: "Look in the log whether these requests come from one client or from many." },
      {
        text: "Send a request that is whole, to see that the gateway answers.",
        command: "curl -v http://{name}/",
      },
    ],
    howToFix: ["Let the client write the head of a request in one piece."],
  },
} as const satisfies Record<string, ReasonFacts>;
