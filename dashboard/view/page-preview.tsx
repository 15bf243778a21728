// The page that the client got, in a frame that runs nothing.

import { useEffect, useState } from "preact/hooks";

import { fetchApi } from "../api/ask.ts";
import { token } from "../state/session.ts";

interface Page {
  readonly type: string;
  readonly text: string;
}

/** Shows a page as a browser does, and every other form as text. */
export function PagePreview({ ray }: { readonly ray: string }) {
  const path = `exchanges/${encodeURIComponent(ray)}/page`;
  const [page, setPage] = useState<Page | null>(null);
  useEffect(() => {
    void load(path).then(setPage);
  }, [path]);
  if (page === null) return null;
  return (
    <>
      <h3>What the client got</h3>
      <p class="soft">{page.type}</p>
      {page.type.startsWith("text/html") ? (
        <iframe
          class="preview"
          title="The page that the client got"
          sandbox=""
          // A frame cannot send a token: there, the page goes in as text.
          {...(token.value === null ? { src: `api/${path}` } : { srcDoc: page.text })}
        />
      ) : (
        <pre class="preview" tabIndex={0}>
          {page.text}
        </pre>
      )}
    </>
  );
}

async function load(path: string): Promise<Page | null> {
  const { value } = await fetchApi(path);
  if (value === null) return null;
  const type = value.headers.get("content-type") ?? "";
  return { type, text: await value.text() };
}
