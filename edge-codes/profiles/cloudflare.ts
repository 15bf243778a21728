// The default profile: the code that Cloudflare's documentation has for each failure, as far as it has one.
// Where the documentation is silent or says otherwise, the row has a comment.

import type { Code } from "../codes.ts";
import type { FailureType } from "../failure-types.ts";

/** The codes of the profile `cloudflare`. */
export const cloudflare = {
  http_request_error: 400,
  proxy_loop_detected: 1000,
  destination_not_found: 1001,
  destination_unavailable: 503,
  connection_limit_reached: 503,
  proxy_internal_response: 503,
  dns_timeout: 523, // Documented as 530 with 1016: that is the profile cloudflare-1016.
  dns_error: 523, // As above.
  destination_ip_prohibited: 1000,
  destination_ip_unroutable: 523,
  connection_refused: 521,
  connection_timeout: 522,
  tls_protocol_error: 525,
  tls_alert_received: 525,
  tls_certificate_error: 526,
  connection_terminated: 520,
  connection_write_timeout: 524,
  connection_read_timeout: 524,
  http_response_timeout: 524,
  http_response_incomplete: 520, // A head that broke off is an invalid answer. After the head, no code can be sent.
  http_response_header_section_size: 520,
  http_response_transfer_coding: 520,
  http_response_content_coding: 502, // Documented: broken compression is a 502 of the edge's own.
  http_upgrade_failed: 502, // Not documented; 502 is for what has no row of its own.
  http_protocol_error: 520,
  proxy_configuration_error: 500,
  proxy_internal_error: 500,
} as const satisfies Record<FailureType, Code>;
