// The reasons of http_response_transfer_coding and http_response_content_coding: chunks and compression that cannot be undone.
// Listed in reasons.ts.

import type { ReasonFacts } from "../explanation.ts";

/** Reasons of `http_response_transfer_coding`. */
export const httpResponseTransferCodingReasons = {
  bad_chunk: {
    title: "A chunk of the response is malformed",
    whatHappened:
      "The response is sent in chunks, and one of them is wrong: its size is not a hexadecimal number, or the line end after its data is missing. Where the content goes on cannot be known.",
    likelyCauses: [
      "The application sets Transfer-Encoding: chunked and then writes the content as it is.",
      "The chunks are written by hand, with a size counted in characters instead of bytes.",
      "Two threads write to the same response.",
    ],
    howToCheck: [
      {
        text: "Look at the raw chunks: size in hexadecimal, CRLF, that many bytes, CRLF.",
        command: "curl -s --http1.1 --raw {url} | head -c 512 | xxd",
      },
      {
        text: "Ask with curl, which reports a bad chunk as error 56.",
        command: "curl -sS --http1.1 -o /dev/null {url}",
      },
    ],
    howToFix: [
      "Do not set Transfer-Encoding in the application; the server or framework adds it and writes the chunks.",
      "If chunks must be written by hand, count bytes.",
    ],
  },
  unknown_coding: {
    title: "The response has a transfer coding that the gateway does not know",
    whatHappened:
      "The origin sent a Transfer-Encoding other than chunked. The gateway cannot undo it, and so cannot know where the content ends.",
    likelyCauses: [
      "The application means Content-Encoding: gzip, and wrote Transfer-Encoding: gzip.",
      "It sends the obsolete value identity, or a misspelt chunked.",
    ],
    howToCheck: [
      {
        text: "Read the Transfer-Encoding field.",
        command: "curl -s --http1.1 --raw -D - -o /dev/null {url}",
      },
    ],
    howToFix: [
      "For compression, use Content-Encoding.",
      "Remove Transfer-Encoding from the application, and let the server choose the framing.",
    ],
  },
} as const satisfies Record<string, ReasonFacts>;

/** Reasons of `http_response_content_coding`. */
export const httpResponseContentCodingReasons = {
  corrupt: {
    title: "The compressed content is damaged",
    whatHappened:
      "The response says that its content is compressed, and the bytes are not what that compression produces.",
    likelyCauses: [
      "The content is not compressed, but Content-Encoding says that it is.",
      "A filter changed the content after it was compressed: a text replacement, a script that was inserted.",
      "A warning or a blank line from the application was written in front of the compressed bytes.",
    ],
    howToCheck: [
      {
        text: "Test the compression. No output means that it is sound.",
        command: "curl -s -H 'Accept-Encoding: gzip' {url} | gzip -t",
      },
      {
        text: "Look at the first bytes: gzip begins with 1f 8b. Readable text means that nothing was compressed.",
        command: "curl -s -H 'Accept-Encoding: gzip' {url} | head -c 64 | xxd",
      },
    ],
    howToFix: [
      "Remove Content-Encoding where the content is not compressed.",
      "Compress last, after every filter, and only once.",
      "Remove output that comes before the compressed content.",
    ],
  },
  truncated: {
    title: "The compressed content is cut short",
    whatHappened:
      "The compressed content began well and ended before the compression was complete, although the response as such is whole.",
    likelyCauses: [
      "Content-Length was counted for other content than what was sent.",
      "The application did not finish the compressor (flush and end) before it ended the response.",
      "A cached compressed file was only half written when it was served.",
    ],
    howToCheck: [
      {
        text: "Test the compression: gzip says “unexpected end of file”.",
        command: "curl -s -H 'Accept-Encoding: gzip' {url} | gzip -t",
      },
      {
        text: "Compare the bytes received with and without compression.",
        command: "curl -s {url} | wc -c; curl -s -H 'Accept-Encoding: gzip' {url} | wc -c",
      },
    ],
    howToFix: [
      "Let the server compute Content-Length, or leave it out when compressing on the fly.",
      "End the compressor before the response.",
      "Delete the damaged file from the cache; write such files under a temporary name and rename them when complete.",
    ],
  },
} as const satisfies Record<string, ReasonFacts>;
