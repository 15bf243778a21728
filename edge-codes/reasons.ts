// The reasons of every failure type: the closed set of what can be known more precisely, each with its explanation.
// A type with an empty row has nothing more to tell apart; its general explanation is in explanations.ts.

import type { ReasonFacts } from "./explanation.ts";
import type { FailureType } from "./failure-types.ts";
import { connectionTerminatedReasons } from "./reasons/connection-terminated.ts";
import { destinationIpUnroutableReasons } from "./reasons/destination-ip-unroutable.ts";
import { destinationNotFoundReasons } from "./reasons/destination-not-found.ts";
import { dnsErrorReasons } from "./reasons/dns-error.ts";
import { httpProtocolErrorReasons } from "./reasons/http-protocol-error.ts";
import { httpRequestFormReasons } from "./reasons/http-request-form.ts";
import { httpRequestSizeReasons } from "./reasons/http-request-size.ts";
import {
  httpResponseContentCodingReasons,
  httpResponseTransferCodingReasons,
} from "./reasons/http-response-coding.ts";
import { httpResponseIncompleteReasons } from "./reasons/http-response-incomplete.ts";
import { proxyInternalErrorReasons } from "./reasons/proxy-internal-error.ts";
import { proxyInternalResponseReasons } from "./reasons/proxy-internal-response.ts";
import { tlsAlertReceivedReasons } from "./reasons/tls-alert-received.ts";
import { tlsCertificateChainReasons } from "./reasons/tls-certificate-chain.ts";
import { tlsCertificateHolderReasons } from "./reasons/tls-certificate-holder.ts";
import { tlsProtocolErrorReasons } from "./reasons/tls-protocol-error.ts";

/** Every reason of every failure type, in the order of the failure types. */
export const reasons = {
  http_request_error: { ...httpRequestSizeReasons, ...httpRequestFormReasons },
  proxy_loop_detected: {},
  destination_not_found: destinationNotFoundReasons,
  destination_unavailable: {},
  connection_limit_reached: {},
  proxy_internal_response: proxyInternalResponseReasons,
  dns_timeout: {},
  dns_error: dnsErrorReasons,
  destination_ip_prohibited: {},
  destination_ip_unroutable: destinationIpUnroutableReasons,
  connection_refused: {},
  connection_timeout: {},
  tls_protocol_error: tlsProtocolErrorReasons,
  tls_alert_received: tlsAlertReceivedReasons,
  tls_certificate_error: { ...tlsCertificateHolderReasons, ...tlsCertificateChainReasons },
  connection_terminated: connectionTerminatedReasons,
  connection_write_timeout: {},
  connection_read_timeout: {},
  http_response_timeout: {},
  http_response_incomplete: httpResponseIncompleteReasons,
  http_response_header_section_size: {},
  http_response_transfer_coding: httpResponseTransferCodingReasons,
  http_response_content_coding: httpResponseContentCodingReasons,
  http_upgrade_failed: {},
  http_protocol_error: httpProtocolErrorReasons,
  proxy_configuration_error: {},
  proxy_internal_error: proxyInternalErrorReasons,
} as const satisfies Record<FailureType, Record<string, ReasonFacts>>;

/**
 * A reason of one failure type (`Reason<"dns_error">`), or of any (`Reason`).
 *
 * It is `never` for a type that has no reasons.
 */
export type Reason<T extends FailureType = FailureType> = T extends FailureType
  ? keyof (typeof reasons)[T]
  : never;
