import { describe, expect, test } from "vitest";

import { html, raw } from "../../src/render/escape.ts";

describe("an html template", () => {
  test.each([
    ["<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;"],
    ['" onload="x', "&quot; onload=&quot;x"],
    ["' onload='x", "&#39; onload=&#39;x"],
    ["a & b &lt;", "a &amp; b &amp;lt;"],
    ["-->", "--&gt;"],
    ["]]>", "]]&gt;"],
    ["\0\u0007\u001b\u007f", "\ufffd\ufffd\ufffd\ufffd"],
    ["a\tb\nc", "a\tb\nc"],
    ["äöü 漢字 😀", "äöü 漢字 😀"],
  ])("turns %j into %j", (value, expected) => {
    expect(html`<p>${value}</p>`.text).toBe(`<p>${expected}</p>`);
  });

  test("leaves no control character of either set but tab and line end", () => {
    const every = Array.from({ length: 0xa0 }, (_, code) => String.fromCharCode(code)).join("");

    expect(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/.exec(html`${every}`.text)).toBeNull();
  });

  test("puts templates into templates as they are, alone and in lists", () => {
    const inner = html`<b>${"<"}</b>`;

    expect(html`<i>${inner}${[inner, inner]}${raw("<hr>")}${1}</i>`.text).toBe(
      "<i><b>&lt;</b><b>&lt;</b><b>&lt;</b><hr>1</i>",
    );
  });
});
