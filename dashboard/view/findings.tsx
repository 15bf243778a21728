// What there is to see of an exchange: facts, evidence, the origin's certificate, earlier attempts; then advice, and the page.

import type { Summary, WholeExchange } from "../api/types.ts";
import { duration } from "../steps.ts";
import { Advice } from "./advice.tsx";
import { Copy } from "./command.tsx";
import { Facts, type Row } from "./facts.tsx";
import { PagePreview } from "./page-preview.tsx";

/** The facts that the list has too. */
export function ExchangeFacts({ one }: { readonly one: Summary }) {
  return (
    <>
      <h3>Exchange</h3>
      <Facts rows={exchangeRows(one)}>
        <tr>
          <th scope="row">Ray ID</th>
          <td>
            {one.ray} <Copy text={one.ray} what="ray ID" />
          </td>
        </tr>
      </Facts>
    </>
  );
}

/** What only the whole exchange has. */
export function Findings({ whole }: { readonly whole: WholeExchange }) {
  const rows = Object.entries(whole.evidence);
  const cause: Row[] = whole.detail === null ? [] : [["Detail", whole.detail]];
  return (
    <>
      <Section
        title="Evidence"
        rows={[...cause, ...rows.filter(([name]) => !isSaidElsewhere.has(name))]}
      />
      <Section
        title="Certificate of the origin"
        rows={rows.filter(([name]) => ofCertificate.has(name))}
      />
      <Section
        title="Tried before"
        rows={whole.attempts.map(({ origin, failure, reason, detail }) => [
          origin,
          `${failure}${reason === null ? "" : ` / ${reason}`}: ${detail}`,
        ])}
      />
      <Advice of={whole} />
      {whole.code !== null && !whole.late && <PagePreview ray={whole.ray} />}
    </>
  );
}

/** Labels of evidence, as the verbose page has them, that make a section of their own. */
const ofCertificate = new Set([
  "Certificate of",
  "Subject",
  "Issuer",
  "Valid from",
  "Valid to",
  "Chain",
  "Key",
]);

const isSaidElsewhere = new Set([
  ...ofCertificate,
  "Origin",
  "Connected to",
  "Tried before",
  "Tried again",
]);

function Section({ title, rows }: { readonly title: string; readonly rows: readonly Row[] }) {
  if (rows.length === 0) return null;
  return (
    <>
      <h3>{title}</h3>
      <Facts rows={rows} />
    </>
  );
}

function exchangeRows(one: Summary): Row[] {
  const cause = one.failure === null ? "" : [one.failure, one.reason].filter(Boolean).join(" / ");
  const rows: [string, string | number][] = [
    ["Failure", cause],
    ["Zone", one.zone === "" ? "none has this host" : one.zone],
    ["Origin", one.origin],
    ["Connected to", one.originIp],
    ["Status of the origin", one.originStatus === 0 ? "" : one.originStatus],
    ["Status for the client", one.status],
    ["Client", [one.client, one.protocol].filter(Boolean).join(", ")],
    ["When", new Date(one.time).toLocaleString()],
    ["Bytes", `${one.requestBytes} received, ${one.responseBytes} sent`],
    ["Tried again", one.retries === 0 ? "" : one.retries],
    ["Total", duration(one.totalMs)],
  ];
  return rows.flatMap(([name, value]) => (value === "" ? [] : [[name, String(value)]]));
}
