// From OpenSSL's code for a received alert to the alert's registered name.

import { reasons } from "../../edge-codes/reasons.ts";

/** The registered names of TLS alerts (RFC 8446 §6, IANA TLS Alerts). */
const alertNames: ReadonlySet<string> = new Set(Object.keys(reasons.tls_alert_received));

/** OpenSSL spells one alert otherwise than IANA does. */
const otherSpellings: Readonly<Record<string, string>> = { user_cancelled: "user_canceled" };

/**
 * The name of the alert that the origin sent, from OpenSSL's code; null if the code does not tell of a received alert.
 * OpenSSL writes them `ERR_SSL_SSLV3_ALERT_…` (from 3.5 `ERR_SSL_SSL/TLS_ALERT_…`), `ERR_SSL_TLSV1_ALERT_…`,
 * `ERR_SSL_TLSV13_ALERT_…`, and a few of them without the word ALERT.
 */
export function alertName(code: string): string | null {
  const [, name] = /^ERR_SSL_(?:SSLV3|SSL\/TLS|TLSV1|TLSV13)_(?:ALERT_)?(\w+)$/.exec(code) ?? [];
  if (name === undefined) return null;
  const lower = name.toLowerCase();
  const registered = otherSpellings[lower] ?? lower;
  return alertNames.has(registered) ? registered : null;
}
