// `edgecase ray`: the whole story of one exchange, as the running gateway remembers it.

import type { ExchangeView } from "../admin/schemas.ts";
import { onOneLine } from "../plain-text.ts";
import { adviceLines, strip, tableLines } from "../render/text.ts";
import { clientLeft } from "../record/statuses.ts";
import { type AdminFlags, askAdmin, usage } from "./ask-admin.ts";
import { bold } from "./bold.ts";

/** Prints it; exits with 1 if the gateway does not have it (any more). */
export async function ray(id: string, options: AdminFlags): Promise<void> {
  const [hex = "", place] = id.split("-");
  const wanted = `${hex.toLowerCase()}${place === undefined ? "" : `-${place.toUpperCase()}`}`;
  if (!/^[0-9a-f]{16}(-[A-Z]{3})?$/.test(wanted))
    throw usage(
      "ray",
      "is no ray id: 16 hexadecimal digits, and perhaps the place behind them",
      id,
    );
  const exchange = (await askAdmin(options, {
    path: `/api/exchanges/${wanted}`,
  })) as ExchangeView | null;
  if (exchange === null)
    throw new Error(`the gateway knows nothing of ${wanted}: it never was, or it is too long ago`);
  process.stdout.write(options.json ? `${JSON.stringify(exchange)}\n` : print(exchange));
}

function print(exchange: ExchangeView): string {
  const { title, detail, whatHappened, steps, evidence, failure } = exchange;
  const rows = Object.entries(evidence);
  return `${[
    ...headLines(exchange),
    "",
    ...(title === null ? [] : [`${title}.`]),
    ...(whatHappened === null ? [] : [whatHappened]),
    ...(detail === null ? [] : [`${bold("Cause")}: ${onOneLine(detail)}`]),
    ...(steps.length === 0 ? [] : ["", strip(steps.map(namedStep))]),
    "",
    ...timingLines(exchange),
    ...attemptLines(exchange),
    ...(rows.length === 0 ? [] : ["", bold("Evidence"), ...tableLines(rows)]),
    ...(failure === null ? [] : ["", ...adviceLines(exchange, bold)]),
  ]
    .join("\n")
    .replaceAll(/\n{3,}/g, "\n\n")}\n`;
}

/** What was asked, and what came of it. */
function headLines(exchange: ExchangeView): string[] {
  const { ray: id, time, zone, client, method, scheme, host, path, protocol, late } = exchange;
  const { failure, reason } = exchange;
  const name = failure === null ? "" : `: ${failure}${reason === null ? "" : ` / ${reason}`}`;
  return [
    bold(`${id}  ${new Date(time).toISOString()}`),
    ...tableLines([
      ["Request", `${method} ${scheme}://${host}${path} (${protocol}, from ${client})`],
      ["Zone", zone === "" ? "none has this host" : zone],
      ["Status", `${statusOf(exchange)}${late ? ", and the response was cut off" : ""}`],
      ...(failure === null ? [] : [["Failure", name.slice(2)] as const]),
    ]),
  ];
}

function statusOf({ status, code, originStatus, told }: ExchangeView): string {
  if (status === 0) return "none: the client got no answer";
  if (status === clientLeft) return `${status}: the client left first`;
  if (code === null)
    return originStatus === 0 ? `${status}, from the edge` : `${status}, from the origin`;
  const page = told === null ? "" : `, with a ${told.pages} page`;
  return code === told?.code ? `${status}${page}` : `${status}${page}; in detail ${code}`;
}

function namedStep({ step, ...rest }: ExchangeView["steps"][number]) {
  const name = `${step.slice(0, 1).toUpperCase()}${step.slice(1)}`;
  return { name: protocols.has(step) ? step.toUpperCase() : name, ...rest };
}

const protocols: ReadonlySet<string> = new Set(["dns", "tcp", "tls", "http"]);

function timingLines(exchange: ExchangeView): string[] {
  const { dnsMs, tcpMs, tlsMs, responseMs, totalMs, requestBytes, responseBytes } = exchange;
  const known = [
    ["DNS", dnsMs],
    ["TCP", tcpMs],
    ["TLS", tlsMs],
    ["Response", responseMs],
    ["Whole", totalMs],
  ] as const;
  return [
    bold("Timings"),
    ...tableLines([
      ...known.flatMap(([label, ms]) => (ms === null ? [] : [[label, `${ms} ms`] as const])),
      ["Content", `${requestBytes} bytes sent, ${responseBytes} bytes answered`],
    ]),
  ];
}

function attemptLines({ attempts }: ExchangeView): string[] {
  if (attempts.length === 0) return [];
  const rows = attempts.map(
    ({ origin, failure, reason, detail }) =>
      [origin, `${failure}${reason === null ? "" : ` / ${reason}`}: ${detail}`] as const,
  );
  return ["", bold("Tried before"), ...tableLines(rows)];
}
