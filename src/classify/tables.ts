// Codes to failures: errnos, c-ares, X.509, OpenSSL, and our own verdicts. Facts in rows; the decisions stand in the files beside this one.

import type { Http2ErrorCode } from "./http2-error.ts";
import type { Finding } from "./origin-failure.ts";

const finding = (type: Finding["type"], reason: string | null = null): Finding => ({
  type,
  reason,
});

/** c-ares codes (node:dns error codes), and ours. */
export const dnsFailures: Readonly<Record<string, Finding>> = {
  ENOTFOUND: finding("dns_error", "nxdomain"),
  ENODATA: finding("dns_error", "no_address"),
  ESERVFAIL: finding("dns_error", "servfail"),
  EREFUSED: finding("dns_error", "refused"),
  ENOTIMP: finding("dns_error", "refused"), // The resolver does not do what it was asked: to us the same.
  EBADRESP: finding("dns_error", "malformed"),
  EFORMERR: finding("dns_error", "malformed"),
  EBADNAME: finding("dns_error", "malformed"),
  ECONNREFUSED: finding("dns_error", "resolver_unreachable"),
  ETIMEOUT: finding("dns_timeout"),
  DEADLINE: finding("dns_timeout"),
};

/** What c-ares' codes are called in DNS itself (RFC 1035 §4.1.1), where people look them up. */
export const dnsAnswers: Readonly<Record<string, string>> = {
  ENOTFOUND: "NXDOMAIN",
  ENODATA: "no A or AAAA record",
  ESERVFAIL: "SERVFAIL",
  EREFUSED: "REFUSED",
  ENOTIMP: "NOTIMP",
  EFORMERR: "FORMERR",
  EBADRESP: "a malformed message",
  ECONNREFUSED: "with a closed port",
};

/** Errnos of a socket that is not yet connected, and ours. */
export const tcpFailures: Readonly<Record<string, Finding>> = {
  ECONNREFUSED: finding("connection_refused"),
  ENOENT: finding("connection_refused"), // A Unix socket whose file is not there: nobody listens.
  ENOTSOCK: finding("connection_refused"),
  ECONNRESET: finding("connection_terminated", "reset_before_response"), // Accepted and reset before we could see it.
  ETIMEDOUT: finding("connection_timeout"), // The kernel gave up before our own deadline did.
  DEADLINE: finding("connection_timeout"),
  EHOSTUNREACH: finding("destination_ip_unroutable", "host_unreachable"),
  EHOSTDOWN: finding("destination_ip_unroutable", "host_unreachable"),
  ENETUNREACH: finding("destination_ip_unroutable", "network_unreachable"),
  EAFNOSUPPORT: finding("destination_ip_unroutable", "network_unreachable"), // No IPv6 on this machine.
  EADDRNOTAVAIL: finding("destination_ip_unroutable", "network_unreachable"), // ::1 where IPv6 is switched off.
  EACCES: finding("destination_ip_unroutable", "not_permitted"),
  EPERM: finding("destination_ip_unroutable", "not_permitted"),
  PROHIBITED: finding("destination_ip_prohibited"),
};

/** Codes in a handshake that are neither an alert nor a judgement of the certificate. */
export const handshakeFailures: Readonly<Record<string, Finding>> = {
  DEADLINE: finding("tls_protocol_error", "handshake_timeout"),
  CLOSED: finding("tls_protocol_error", "closed_in_handshake"),
  ECONNRESET: finding("tls_protocol_error", "reset_in_handshake"),
  EPIPE: finding("tls_protocol_error", "reset_in_handshake"),
  ERR_SSL_WRONG_VERSION_NUMBER: finding("tls_protocol_error", "not_tls"),
  ERR_SSL_HTTP_REQUEST: finding("tls_protocol_error", "not_tls"),
  ERR_SSL_UNSUPPORTED_PROTOCOL: finding("tls_protocol_error", "version_mismatch"),
  ERR_SSL_VERSION_TOO_LOW: finding("tls_protocol_error", "version_mismatch"),
  ERR_SSL_NO_PROTOCOLS_AVAILABLE: finding("tls_protocol_error", "version_mismatch"),
  ERR_SSL_NO_SHARED_CIPHER: finding("tls_protocol_error", "no_shared_cipher"),
  ERR_SSL_WRONG_CIPHER_RETURNED: finding("tls_protocol_error", "no_shared_cipher"),
  ERR_SSL_UNKNOWN_CIPHER_RETURNED: finding("tls_protocol_error", "no_shared_cipher"),
  ERR_SSL_NO_CIPHERS_AVAILABLE: finding("tls_protocol_error", "no_shared_cipher"),
  ERR_SSL_DECRYPTION_FAILED_OR_BAD_RECORD_MAC: finding("tls_protocol_error", "bad_record"),
  ERR_SSL_PACKET_LENGTH_TOO_LONG: finding("tls_protocol_error", "bad_record"),
  ERR_SSL_DATA_LENGTH_TOO_LONG: finding("tls_protocol_error", "bad_record"),
  ERR_SSL_BAD_RECORD_TYPE: finding("tls_protocol_error", "bad_record"),
  ERR_SSL_UNEXPECTED_MESSAGE: finding("tls_protocol_error", "bad_record"),
  ERR_SSL_EE_KEY_TOO_SMALL: finding("tls_certificate_error", "weak_key"),
  ERR_SSL_CA_KEY_TOO_SMALL: finding("tls_certificate_error", "weak_key"),
  ERR_SSL_CA_MD_TOO_WEAK: finding("tls_certificate_error", "weak_signature"),
  ERR_SSL_DH_KEY_TOO_SMALL: finding("tls_protocol_error", "no_shared_cipher"),
};

/** X.509 verification codes (node:tls `authorizationError`) whose reason does not depend on the chain. */
export const certificateFailures: Readonly<Record<string, Finding>> = {
  CERT_HAS_EXPIRED: finding("tls_certificate_error", "expired"),
  CERT_NOT_YET_VALID: finding("tls_certificate_error", "not_yet_valid"),
  DEPTH_ZERO_SELF_SIGNED_CERT: finding("tls_certificate_error", "self_signed"),
  SELF_SIGNED_CERT_IN_CHAIN: finding("tls_certificate_error", "untrusted_root"),
  CERT_UNTRUSTED: finding("tls_certificate_error", "untrusted_root"),
  CERT_REJECTED: finding("tls_certificate_error", "untrusted_root"),
  CERT_CHAIN_TOO_LONG: finding("tls_certificate_error", "untrusted_root"),
  CERT_SIGNATURE_FAILURE: finding("tls_certificate_error", "bad_signature"),
  UNABLE_TO_DECRYPT_CERT_SIGNATURE: finding("tls_certificate_error", "bad_signature"),
  UNABLE_TO_DECODE_ISSUER_PUBLIC_KEY: finding("tls_certificate_error", "bad_signature"),
  INVALID_PURPOSE: finding("tls_certificate_error", "wrong_purpose"),
  INVALID_CA: finding("tls_certificate_error", "wrong_purpose"),
  PATH_LENGTH_EXCEEDED: finding("tls_certificate_error", "wrong_purpose"),
  HOSTNAME_MISMATCH: finding("tls_certificate_error", "wrong_host"),
  ERR_TLS_CERT_ALTNAME_INVALID: finding("tls_certificate_error", "wrong_host"),
  KEY_TOO_SMALL: finding("tls_certificate_error", "weak_key"),
  CA_MD_TOO_WEAK: finding("tls_certificate_error", "weak_signature"),
  CERT_REVOKED: finding("tls_certificate_error", "revoked"),
};

/** Codes that say the issuer was not found: why, only the chain can tell. */
export const issuerNotFound: ReadonlySet<string> = new Set([
  "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
  "UNABLE_TO_GET_ISSUER_CERT",
  "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
]);

/** The gateway's own verdicts ({@link ExchangeErrorCode}). */
export const ownFailures: Readonly<Record<string, Finding>> = {
  RESPONSE_DEADLINE: finding("http_response_timeout"),
  BODY_DEADLINE: finding("http_response_incomplete", "stalled"),
  WRITE_DEADLINE: finding("connection_write_timeout"),
  CONNECTION_LIMIT: finding("connection_limit_reached"),
  BAD_STATUS: finding("http_protocol_error", "bad_status_line"),
  BAD_FIELD: finding("http_protocol_error", "bad_header"),
  BAD_FRAMING: finding("http_protocol_error", "bad_framing"),
  BAD_CHUNK: finding("http_response_transfer_coding", "bad_chunk"),
  HEADER_OVERFLOW: finding("http_response_header_section_size"),
  UNKNOWN_TRANSFER_CODING: finding("http_response_transfer_coding", "unknown_coding"),
  UNASKED_UPGRADE: finding("http_protocol_error", "unexpected_upgrade"),
  BAD_UPGRADE: finding("http_upgrade_failed"),
  CONTENT_CORRUPT: finding("http_response_content_coding", "corrupt"),
  CONTENT_TRUNCATED: finding("http_response_content_coding", "truncated"),
  CONTENT_TOO_LARGE: finding("http_request_error", "content_too_large"),
  CONTENT_SHORT: finding("http_response_incomplete", "closed_early"),
};

/** What ended an HTTP/2 stream ({@link Http2ErrorCode}) before the response's head was there. */
export const http2HeadFailures: Readonly<Record<Http2ErrorCode, Finding>> = {
  STREAM_RESET: finding("connection_terminated", "stream_reset"),
  GOAWAY: finding("connection_terminated", "goaway"),
  HTTP2_BROKEN: finding("http_protocol_error", "http2_error"),
};

/** The same, in the middle of the content. */
export const http2ContentFailures: Readonly<Record<Http2ErrorCode, Finding>> = {
  STREAM_RESET: finding("http_response_incomplete", "stream_reset"),
  GOAWAY: finding("http_response_incomplete", "closed_early"),
  HTTP2_BROKEN: finding("http_protocol_error", "http2_error"),
};
