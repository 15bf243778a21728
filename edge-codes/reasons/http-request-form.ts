// The reasons of http_request_error that are about form: what HTTP, or the edge's own pages, have no place for.
// Listed in reasons.ts.

import type { ReasonFacts } from "../explanation.ts";

/** Reasons of `http_request_error`: not a request that can be answered. */
export const httpRequestFormReasons = {
  malformed: {
    title: "The request is not valid HTTP",
    whatHappened:
      "What the client sent could not be read as a request of HTTP/1.1: its first line, a field, or a character in one of them is not allowed.",
    likelyCauses: [
      "The client speaks another protocol: TLS to the plain port, HTTP/2 without TLS, or something that is no HTTP at all.",
      "A request was written by hand, with a missing blank line, a space before a colon, or lines that end in LF alone.",
      "A value with a line end or a NUL was put into a field.",
    ],
    howToCheck: [
      {
        text: "See what the client sends, byte for byte.",
        command: "curl -v --trace - http://{name}/",
      },
      { text: "Use https:// for the HTTPS port, and http:// for the HTTP port." },
    ],
    howToFix: [
      "Let a library write the request in place of code of your own.",
      "Correct the scheme or the port in the client's URL.",
      "Clean values before they become fields.",
    ],
  },
  bad_host: {
    title: "The request's Host field is missing or wrong",
    whatHappened:
      "A request has to say which host it is for, once and as a name or address. This one has no Host field, or several, or one that is no host.",
    likelyCauses: [
      "A request was written by hand, or by a small client, without a Host field.",
      "Two parts of a program set the field, each for itself.",
      "The value holds a scheme, a path or a user: https://example.com in place of example.com.",
    ],
    howToCheck: [
      {
        text: "Send the field as it should be (8080 is the gateway's default HTTP port).",
        command: "curl -v -H 'Host: {name}' http://127.0.0.1:8080/",
      },
    ],
    howToFix: ["Send one Host field with the name, and the port if it is not the default one."],
  },
  bad_target: {
    title: "The request target is not one that the edge takes",
    whatHappened:
      "The request line does not name a path of a site: its URL has a scheme other than http and https, or a user, or its path holds a % that begins no two hexadecimal digits, or there is a # in it.",
    likelyCauses: [
      "A path with a per cent sign in it was not encoded: /100% in place of /100%25.",
      "A client takes the gateway for a forward proxy.",
      "The target * is used with another method than OPTIONS.",
      "A client sends the fragment of a URL, which is its own to keep.",
    ],
    howToCheck: [{ text: "Read the path in the access log under the ray ID." }],
    howToFix: [
      "Encode each part of the path (encodeURIComponent in JavaScript) before it is put together.",
      "Do not configure the gateway as a proxy in the client; let the site's name lead to it.",
    ],
  },
  bad_framing: {
    title: "Where the request's content ends is not clear",
    whatHappened:
      "The request frames its content in a way that two programs could understand differently: a Content-Length beside Transfer-Encoding, two lengths, a length that is no number, or broken chunks. Such requests are used to smuggle one request inside another, so none is passed on.",
    likelyCauses: [
      "The client sets Content-Length itself, and its library adds Transfer-Encoding or a length of its own.",
      "A proxy in front adds chunks and leaves the length as it was.",
      "Chunks are written by hand, with a wrong size or without their line ends.",
      "Somebody looks for request smuggling.",
    ],
    howToCheck: [
      {
        text: "See which framing fields the client sends.",
        command:
          "curl -v -d x=1 http://{name}/ 2>&1 | grep -i '^> \\(content-length\\|transfer-encoding\\)'",
      },
    ],
    howToFix: [
      "Set neither Content-Length nor Transfer-Encoding by hand; the library does.",
      "Let a proxy in front remove the one when it writes the other.",
    ],
  },
  unknown_coding: {
    title: "The request has a transfer coding that the edge does not know",
    whatHappened:
      "The request's Transfer-Encoding names something other than chunked. The edge cannot undo it, so it cannot read the content.",
    likelyCauses: [
      "The client means Content-Encoding: gzip, and wrote Transfer-Encoding: gzip.",
      "The value is misspelt, or names chunked twice.",
    ],
    howToCheck: [{ text: "Read the Transfer-Encoding field that the client sends." }],
    howToFix: [
      "For compressed content, use Content-Encoding, if the origin takes it.",
      "Leave Transfer-Encoding to the library.",
    ],
  },
  method_not_allowed: {
    title: "The method is not allowed here",
    whatHappened:
      "The client used a method that the edge does not take here: CONNECT, which asks for a tunnel, or anything but GET and HEAD for the edge's own pages below /cdn-cgi/.",
    likelyCauses: [
      "A client is configured to use the gateway as a forward proxy, and asks for a tunnel to an HTTPS site.",
      "A script sends data to a path below /cdn-cgi/, which belongs to the edge.",
    ],
    howToCheck: [
      {
        text: "See whether a proxy is set in the client's surroundings.",
        command: "env | grep -i _proxy",
      },
    ],
    howToFix: [
      "Remove the gateway from the client's proxy settings, and let the site's name lead to it.",
      "Use GET or HEAD below /cdn-cgi/; let the application use other paths.",
    ],
  },
  not_found: {
    title: "The edge has no such page",
    whatHappened:
      "Paths below /cdn-cgi/ belong to the edge on every site and are never passed on, and there is no page at this one.",
    likelyCauses: [
      "The path is misspelt, or names a code, a failure or a mode that does not exist.",
      "A page uses a product of the CDN that this gateway does not have, such as image resizing.",
      "The application has routes of its own below /cdn-cgi/. They cannot be reached through a CDN either.",
    ],
    howToCheck: [
      {
        text: "See what there is.",
        command: "curl -s http://{name}/cdn-cgi/error -H 'Accept: text/plain'",
      },
    ],
    howToFix: ["Correct the path.", "Move the application's own routes out of /cdn-cgi/."],
  },
} as const satisfies Record<string, ReasonFacts>;
