// The attack (TE.TE): Transfer-Encoding in a form that one server takes for `chunked` and the next does not, and goes by something
// else. The list of forms is long, and each of them has worked somewhere.
//
// Seen: CVE-2019-18277 (HAProxy, a vertical tab), CVE-2021-22959 (llhttp, a space before the colon), CVE-2022-32213, -32214 and
// -32215 (llhttp: the coding, a bare LF, several lines), CVE-2023-30589 (llhttp, a bare CR).

import { expect, test } from "vitest";

import { chunkedInner, inner, pathsOf, testRefusals } from "../helpers/smuggling.ts";

testRefusals("a transfer coding that may be taken for chunked", [
  ["a space before the colon", `Transfer-Encoding : chunked`, chunkedInner],
  ["a tab before the colon", `Transfer-Encoding\t: chunked`, chunkedInner],
  ["nearly chunked", `Transfer-Encoding: xchunked`, chunkedInner],
  ["chunked and more letters", `Transfer-Encoding: chunkedx`, chunkedInner],
  ["twice", `Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked`, chunkedInner],
  ["twice, and once no coding", `Transfer-Encoding: x\r\nTransfer-Encoding: chunked`, chunkedInner],
  ["twice, and then no coding", `Transfer-Encoding: chunked\r\nTransfer-Encoding: x`, chunkedInner],
  ["twice in a list", `Transfer-Encoding: chunked, chunked`, chunkedInner],
  ["with identity behind it", `Transfer-Encoding: chunked, identity`, chunkedInner],
  ["with identity before it", `Transfer-Encoding: identity, chunked`, chunkedInner],
  ["with a comma before it", `Transfer-Encoding: , chunked`, chunkedInner],
  ["with a comma behind it", `Transfer-Encoding: chunked,`, chunkedInner],
  ["with a parameter", `Transfer-Encoding: chunked;q=1`, chunkedInner],
  ["quoted", `Transfer-Encoding: "chunked"`, chunkedInner],
  ["in single quotes", `Transfer-Encoding: 'chunked'`, chunkedInner],
  ["behind a vertical tab", `Transfer-Encoding: \u000bchunked`, chunkedInner],
  ["behind a form feed", `Transfer-Encoding: \u000cchunked`, chunkedInner],
  ["with a tab behind it", `Transfer-Encoding: chunked\t`, chunkedInner],
  ["with a NUL behind it", `Transfer-Encoding: chunked\0`, chunkedInner],
  ["with a byte above 127 before it", `Transfer-Encoding: \xffchunked`, chunkedInner],
  ["with a no-break space before it", `Transfer-Encoding: \xa0chunked`, chunkedInner],
  ["on a line of its own (folded)", `Transfer-Encoding:\r\n chunked\r\nX: y`, chunkedInner],
  ["folded behind another field", `X: y\r\n Transfer-Encoding: chunked`, chunkedInner],
  ["folded by a tab", `X: y\r\n\tTransfer-Encoding: chunked`, chunkedInner],
  ["behind LF alone", `X: y\nTransfer-Encoding: chunked`, chunkedInner],
  ["behind CR alone", `X: y\rTransfer-Encoding: chunked`, chunkedInner],
  ["behind NUL", `X: y\0Transfer-Encoding: chunked`, chunkedInner],
  ["behind a line of white space", ` \r\nTransfer-Encoding: chunked`, chunkedInner],
  ["of a name with a NUL", `Transfer-Encoding\0: chunked`, chunkedInner],
  ["of a name with a space", `Transfer Encoding: chunked`, chunkedInner],
  ["of a name in quotes", `"Transfer-Encoding": chunked`, chunkedInner],
  ["of no colon", `Transfer-Encoding chunked`, chunkedInner],
]);

test.each([
  ["upper case", "Transfer-Encoding: CHUNKED"],
  ["a tab after the colon", "Transfer-Encoding:\tchunked"],
  ["no space after the colon", "transfer-encoding:chunked"],
])(
  "%s is chunked to everybody: what is behind its end is the next request",
  async (_what, field) => {
    const { paths, statuses } = await pathsOf(
      `POST /outer HTTP/1.1\r\nHost: a\r\n${field}\r\n\r\n2\r\nhi\r\n${chunkedInner}`,
      { answers: 2 },
    );

    expect(statuses).toEqual([200, 200]);
    expect(paths.filter((path) => path !== "")).toContain("/outer");
  },
);

test.each([
  "TransferEncoding: chunked",
  "Transfer.Encoding: chunked",
  "X-Transfer-Encoding: chunked",
])("%s is a field like any other, and the length counts", async (field) => {
  const { paths } = await pathsOf(
    `POST /outer HTTP/1.1\r\nHost: a\r\n${field}\r\nContent-Length: ${inner.length}\r\n\r\n${inner}`,
  );

  expect(paths).toEqual(["/outer"]);
});
