// The failure types: the proxy error types of RFC 9209 §2.3, unchanged, with the facts that the RFC states about each.
// Their spelling is the same in tags, logs, metrics, fields and docs; everything else in edge-codes/ has a row for each.

/** The step of the request's line at which a failure happened; `edge` is the gateway itself. */
export type Phase = "dns" | "tcp" | "tls" | "http" | "edge";

/** What RFC 9209 says of a proxy error type, and where on the line it belongs. */
export interface FailureTypeFacts {
  /** The words to show a person. */
  readonly title: string;
  readonly phase: Phase;
  /** The status that RFC 9209 recommends for it. */
  readonly recommendedStatus: 400 | 500 | 502 | 503 | 504;
  /** The section of RFC 9209 that registers it. */
  readonly section: string;
}

/** Every failure type that Edgecase tells apart, in the order in which a request can meet them. */
export const failureTypes = {
  http_request_error: {
    title: "The request is not acceptable",
    phase: "edge",
    recommendedStatus: 400, // "The applicable 4xx": which one it is depends on the reason.
    section: "2.3.16",
  },
  proxy_loop_detected: {
    title: "The request came back to this gateway",
    phase: "edge",
    recommendedStatus: 502,
    section: "2.3.32",
  },
  destination_not_found: {
    title: "No zone has this host",
    phase: "edge",
    recommendedStatus: 500,
    section: "2.3.3",
  },
  destination_unavailable: {
    title: "Every origin is out of service",
    phase: "edge",
    recommendedStatus: 503,
    section: "2.3.4",
  },
  connection_limit_reached: {
    title: "Too many connections to the origin",
    phase: "edge",
    recommendedStatus: 503,
    section: "2.3.12",
  },
  proxy_internal_response: {
    title: "The gateway answered by itself",
    phase: "edge",
    recommendedStatus: 503, // "The most appropriate status": it never answers so for another reason than that it cannot serve now.
    section: "2.3.29",
  },
  dns_timeout: {
    title: "The resolver did not answer",
    phase: "dns",
    recommendedStatus: 504,
    section: "2.3.1",
  },
  dns_error: {
    title: "The origin's name did not resolve",
    phase: "dns",
    recommendedStatus: 502,
    section: "2.3.2",
  },
  destination_ip_prohibited: {
    title: "The origin's address is not allowed",
    phase: "tcp",
    recommendedStatus: 502,
    section: "2.3.5",
  },
  destination_ip_unroutable: {
    title: "No route to the origin",
    phase: "tcp",
    recommendedStatus: 502,
    section: "2.3.6",
  },
  connection_refused: {
    title: "The origin refused the connection",
    phase: "tcp",
    recommendedStatus: 502,
    section: "2.3.7",
  },
  connection_timeout: {
    title: "The connection was never answered",
    phase: "tcp",
    recommendedStatus: 504,
    section: "2.3.9",
  },
  tls_protocol_error: {
    title: "The TLS handshake failed",
    phase: "tls",
    recommendedStatus: 502,
    section: "2.3.13",
  },
  tls_alert_received: {
    title: "The origin sent a TLS alert",
    phase: "tls",
    recommendedStatus: 502,
    section: "2.3.15",
  },
  tls_certificate_error: {
    title: "The origin's certificate is not valid",
    phase: "tls",
    recommendedStatus: 502,
    section: "2.3.14",
  },
  connection_terminated: {
    title: "The origin closed without answering",
    phase: "http",
    recommendedStatus: 502,
    section: "2.3.8",
  },
  connection_write_timeout: {
    title: "The origin stopped reading the request",
    phase: "http",
    recommendedStatus: 504,
    section: "2.3.11",
  },
  connection_read_timeout: {
    title: "The origin stopped in mid-answer",
    phase: "http",
    recommendedStatus: 504,
    section: "2.3.10",
  },
  http_response_timeout: {
    title: "The origin did not answer in time",
    phase: "http",
    recommendedStatus: 504,
    section: "2.3.26",
  },
  http_response_incomplete: {
    title: "The origin's response is incomplete",
    phase: "http",
    recommendedStatus: 502,
    section: "2.3.18",
  },
  http_response_header_section_size: {
    title: "The response header section is too large",
    phase: "http",
    recommendedStatus: 502,
    section: "2.3.19",
  },
  http_response_transfer_coding: {
    title: "The response's transfer coding is broken",
    phase: "http",
    recommendedStatus: 502,
    section: "2.3.24",
  },
  http_response_content_coding: {
    title: "The response's content coding is broken",
    phase: "http",
    recommendedStatus: 502,
    section: "2.3.25",
  },
  http_upgrade_failed: {
    title: "The origin did not upgrade",
    phase: "http",
    recommendedStatus: 502,
    section: "2.3.27",
  },
  http_protocol_error: {
    title: "The origin's answer is not valid HTTP",
    phase: "http",
    recommendedStatus: 502,
    section: "2.3.28",
  },
  proxy_configuration_error: {
    title: "The gateway is not configured for this",
    phase: "edge",
    recommendedStatus: 500,
    section: "2.3.31",
  },
  proxy_internal_error: {
    title: "The gateway itself failed",
    phase: "edge",
    recommendedStatus: 500,
    section: "2.3.30",
  },
} as const satisfies Record<string, FailureTypeFacts>;

/** A proxy error type of RFC 9209 §2.3. */
export type FailureType = keyof typeof failureTypes;
