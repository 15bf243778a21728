// The profile that tells nothing: 502 whatever happened, so that no answer betrays how the origin failed.
// Only the gateway's own faults are 500, and what it refuses whatever the origin is like 503. This is what `codes: generic` switches to.

import type { Code } from "../codes.ts";
import type { FailureType } from "../failure-types.ts";

/** The codes of the profile `generic`. */
export const generic = {
  http_request_error: 400,
  proxy_loop_detected: 502,
  destination_not_found: 502,
  destination_unavailable: 502,
  connection_limit_reached: 502,
  proxy_internal_response: 503, // The same for every zone and whatever its origin does: it betrays nothing.
  dns_timeout: 502,
  dns_error: 502,
  destination_ip_prohibited: 502,
  destination_ip_unroutable: 502,
  connection_refused: 502,
  connection_timeout: 502,
  tls_protocol_error: 502,
  tls_alert_received: 502,
  tls_certificate_error: 502,
  connection_terminated: 502,
  connection_write_timeout: 502,
  connection_read_timeout: 502,
  http_response_timeout: 502,
  http_response_incomplete: 502,
  http_response_header_section_size: 502,
  http_response_transfer_coding: 502,
  http_response_content_coding: 502,
  http_upgrade_failed: 502,
  http_protocol_error: 502,
  proxy_configuration_error: 500,
  proxy_internal_error: 500,
} as const satisfies Record<FailureType, Code>;
