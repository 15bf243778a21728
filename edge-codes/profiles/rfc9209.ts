// The profile of the standard: for each failure the status that RFC 9209 §2.3 recommends.
// The same figures stand as `recommendedStatus` in failure-types.ts.

import type { Code } from "../codes.ts";
import type { FailureType } from "../failure-types.ts";

/** The codes of the profile `rfc9209`. */
export const rfc9209 = {
  http_request_error: 400,
  proxy_loop_detected: 502,
  destination_not_found: 500,
  destination_unavailable: 503,
  connection_limit_reached: 503,
  proxy_internal_response: 503,
  dns_timeout: 504,
  dns_error: 502,
  destination_ip_prohibited: 502,
  destination_ip_unroutable: 502,
  connection_refused: 502,
  connection_timeout: 504,
  tls_protocol_error: 502,
  tls_alert_received: 502,
  tls_certificate_error: 502,
  connection_terminated: 502,
  connection_write_timeout: 504,
  connection_read_timeout: 504,
  http_response_timeout: 504,
  http_response_incomplete: 502,
  http_response_header_section_size: 502,
  http_response_transfer_coding: 502,
  http_response_content_coding: 502,
  http_upgrade_failed: 502,
  http_protocol_error: 502,
  proxy_configuration_error: 500,
  proxy_internal_error: 500,
} as const satisfies Record<FailureType, Code>;
