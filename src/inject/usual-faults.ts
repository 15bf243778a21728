// The broken origin that stands for a failure type where nothing more is said. A code takes the first type that has it.

import type { FailureType } from "../../edge-codes/index.ts";

/** Broken origins by failure type, the likeliest failure of each code before the others. */
export const usualFaults = {
  dns_error: "nxdomain",
  dns_timeout: "resolver-never-answers",
  destination_ip_unroutable: "unroutable",
  destination_ip_prohibited: "prohibited-address",
  connection_refused: "refused",
  connection_timeout: "accept-queue-full",
  tls_protocol_error: "closed-in-handshake",
  tls_alert_received: "alert-handshake-failure",
  tls_certificate_error: "expired",
  connection_terminated: "closes-silently",
  http_protocol_error: "random-bytes",
  http_response_header_section_size: "header-200kb",
  http_response_transfer_coding: "transfer-encoding-unknown",
  http_response_timeout: "never-answers",
  connection_write_timeout: "never-reads-upload",
  http_response_content_coding: "corrupt-gzip",
  http_response_incomplete: "content-length-too-short-fin",
  http_upgrade_failed: "upgrade-otherwise",
} as const satisfies Partial<Record<FailureType, string>>;
