// A diagnosis for people: a block for each layer, then the verdict.

import type { Diagnosis, FailureReport } from "../diagnose/report.ts";
import { adviceLines, tableLines } from "../render/text.ts";
import { bold } from "./bold.ts";
import { type Colour, paint } from "./paint.ts";

type Row = readonly [label: string, value: string];
type State = Diagnosis["dns"]["state"];

/** The lines to print. */
export function diagnosisLines(diagnosis: Diagnosis): string[] {
  const { url, host, path, ssl, client, dns, tcp, tls, http, totalMs } = diagnosis;
  return [
    bold(`${url}, as asked for ${host}${path} by a client on ${client}, ssl ${ssl}`),
    "",
    ...block("DNS", dns, dnsRows(diagnosis)),
    ...block("TCP", tcp, tcpRows(diagnosis)),
    ...block("TLS", tls, tlsRows(diagnosis)),
    ...block("HTTP", http, httpRows(diagnosis)),
    ...addressLines(diagnosis),
    ...verdictLines(diagnosis),
    "",
    paint("dim", `Took ${totalMs} ms.`),
  ];
}

const marks: Readonly<Record<State, readonly [Colour, string]>> = {
  ok: ["green", "ok"],
  failed: ["red", "FAILED"],
  unreached: ["dim", "not reached"],
  skipped: ["dim", "not needed"],
};

function block(
  name: string,
  { state, ms }: { readonly state: State; readonly ms: number | null },
  rows: readonly Row[],
): string[] {
  const [colour, mark] = marks[state];
  const took = ms === null || state === "skipped" ? "" : paint("dim", `  ${ms} ms`);
  return [`${bold(name.padEnd(4))} ${paint(colour, mark)}${took}`, ...tableLines(rows), ""];
}

function dnsRows({ dns }: Diagnosis): Row[] {
  const { name, resolvers, source, records, questions, addresses, system } = dns;
  if (name === null) return addresses.length > 0 ? [["address", addresses.join(", ")]] : [];
  const from = { literal: "", hosts: " (hosts file)", localhost: " (RFC 6761)", dns: "" };
  return [
    ["name", name],
    ["resolver", resolvers.join(", ")],
    ...questions.map(({ type, answer, ms }): Row => [`${type}?`, `${answer}, ${ms} ms`]),
    ...records.map(({ type, name: owner, value, ttl }): Row => [
      type,
      `${owner} -> ${value}, TTL ${ttl} s`,
    ]),
    ["gateway uses", addresses.join(", ") + (source === null ? "" : from[source]) || "nothing"],
    ...(system === null ? [] : [["system says", systemText(system)] as const]),
  ];
}

function systemText({
  addresses,
  error,
  ms,
  isSame,
}: NonNullable<Diagnosis["dns"]["system"]>): string {
  if (error !== null) return `${error}, ${ms} ms`;
  return `${addresses.join(", ")}${isSame ? "" : ", which is not the same"}, ${ms} ms`;
}

function tcpRows({ tcp: { connectedTo, addresses } }: Diagnosis): Row[] {
  return [
    ...(connectedTo === null ? [] : [["connected to", connectedTo] as const]),
    ...addresses.map(({ address, port, ms, failure }): Row => {
      const place = port === null ? address : `port ${port}`;
      const outcome = failure === null ? "accepts" : named(failure);
      return [port === null ? "socket" : address, `${place}: ${outcome}, ${ms} ms`];
    }),
  ];
}

function tlsRows({ tls }: Diagnosis): Row[] {
  if (tls.state === "skipped" || tls.state === "unreached") return [];
  const { serverName, version, cipher, alpn, alert, certificate, probes } = tls;
  return [
    ["server name", serverName ?? "none sent"],
    ...present("version", version),
    ...present("cipher", cipher),
    ...present("ALPN", alpn),
    ...present("alert", alert),
    ...(certificate === null ? [] : certificateRows(certificate)),
    ...(probes === null ? [] : probeRows(probes)),
  ];
}

function certificateRows({
  names,
  wanted,
  key,
  chain,
  missing,
  fault,
}: NonNullable<Diagnosis["tls"]["certificate"]>): Row[] {
  return [
    ["good for", names.join(", ") || "nobody"],
    ["wanted for", wanted.join(" or ")],
    ["key", key],
    ...chain.map(({ subject, issuer, validFrom, validTo, daysLeft }, index): Row => {
      const dates = `${validFrom.slice(0, 10)} to ${validTo.slice(0, 10)}`;
      return [
        index === 0 ? "certificate" : `issuer ${index}`,
        `${subject || "(no subject)"}, by ${issuer}; ${dates}, ${daysText(daysLeft)}`,
      ];
    }),
    ...present("missing", missing),
    ...present("fault", fault),
  ];
}

const bareTexts = {
  same_certificate: "the same certificate",
  other_certificate: "another certificate: it is needed",
  refused: "refused: it is needed",
} as const;

function probeRows(probes: NonNullable<Diagnosis["tls"]["probes"]>): Row[] {
  const { versions, isHttp2, withoutServerName, isClientCertificateAsked } = probes;
  const asked = isClientCertificateAsked === true ? "asked for" : "not asked for";
  return [
    ...versions.map(({ version, ciphers, isWhole, refusal }): Row => [
      version,
      refusal ?? `${ciphers.join(", ")}${isWhole ? "" : " …"}`,
    ]),
    ...present("HTTP/2", isHttp2 === null ? null : isHttp2 ? "chosen where it is offered" : "no"),
    ...present("without SNI", withoutServerName && bareTexts[withoutServerName]),
    ...present("client cert.", isClientCertificateAsked === null ? null : asked),
  ];
}

function daysText(days: number | null): string {
  if (days === null) return "no date";
  return days < 0 ? `ended ${-days} days ago` : `${days} days left`;
}

const keepAliveTexts = {
  answered: "a second request over the same connection was answered",
  closed: "the origin closes the connection after a response",
  failed: "a second request over the same connection failed",
  not_tried: "not tried",
} as const;

function httpRows({ http }: Diagnosis): Row[] {
  const { version, status, reason, framing, contentCoding, contentBytes, isWhole } = http;
  if (status === null) return [];
  const end = isWhole === false ? ", read no further" : "";
  const content = contentBytes === null ? "not as it should be" : `${contentBytes} bytes${end}`;
  return [
    ["status", `${status}${reason ? ` ${reason}` : ""}, in ${version}`],
    ["header", `${http.fields} fields, ${http.headerBytes} bytes of at most ${http.headerLimit}`],
    ["framing", framing ?? ""],
    ["content", `${content}${contentCoding === null ? "" : `, ${contentCoding}`}`],
    ["keep-alive", keepAliveTexts[http.keepAlive]],
    ...present("server", http.server),
    ...present("location", http.location),
  ];
}

function addressLines({ addresses }: Diagnosis): string[] {
  if (addresses.length === 0) return [];
  const rows = addresses.map(({ address, failure, status, ms }): Row => [
    address,
    `${failure === null ? `answered ${status}` : named(failure)}, ${ms} ms`,
  ]);
  return [bold("Each address"), ...tableLines(rows), ""];
}

function verdictLines({ verdict }: Diagnosis): string[] {
  const { failure, title, whatHappened, isAfterHead } = verdict;
  if (failure === null) return [`${bold("Verdict")} ${paint("green", title)}`, ...codeLines(verdict.codes)]; // prettier-ignore
  const late =
    "The response's head had come: where it has been passed on, clients get no code, but a response that is cut off.";
  return [
    `${bold("Verdict")} ${paint("red", title)} (${named(failure)})`,
    ...tableLines([["cause", failure.detail]]),
    ...(whatHappened === null ? [] : [`  ${whatHappened}`]),
    ...(isAfterHead ? [`  ${late}`] : []),
    ...codeLines(verdict.codes),
    "",
    ...adviceLines(verdict, bold),
  ];
}

/** The code for each mode and profile, modes of the same outcome together. */
function codeLines(codes: Diagnosis["verdict"]["codes"]): string[] {
  const byOutcome = new Map<string, string[]>();
  for (const { ssl, client, failure, reason, status, codes: byProfile } of codes) {
    const outcome =
      failure === null
        ? `the origin's ${status}`
        : `${Object.entries(byProfile)
            .map(([profile, code]) => `${code} ${profile}`)
            .join(", ")} (${failure}${reason === null ? "" : `/${reason}`})`;
    byOutcome.set(outcome, [...(byOutcome.get(outcome) ?? []), `${ssl}/${client}`]);
  }
  const rows = [...byOutcome].map(([outcome, modes]): Row => [modesText(modes), outcome]);
  return ["", bold("Code by SSL mode and client"), ...tableLines(rows)];
}

/** Modes that are alike for clients on both schemes are named once. */
function modesText(modes: readonly string[]): string {
  const names = [...new Set(modes.map((mode) => mode.split("/")[0] ?? ""))];
  return names
    .map((name) => {
      const schemes = modes.filter((mode) => mode.startsWith(`${name}/`));
      return schemes.length === 2 || name === "off" ? name : `${schemes[0]}`;
    })
    .join(", ");
}

function named({ type, reason }: FailureReport): string {
  return reason === null ? type : `${type}/${reason}`;
}

function present(label: string, value: string | null): Row[] {
  return value === null || value === "" ? [] : [[label, value]];
}
